import type { TenantContext } from '../tenancy.ts'
import type { TokenSealer } from './token-sealer.ts'

export interface Secrets {
  /** Seals a value for one tenant and one field (`lti.platform.<id>.key`): moved elsewhere, it does not open. */
  encrypt(ctx: Pick<TenantContext, 'tenantId'>, field: string, plaintext: string): Promise<string>
  decrypt(ctx: Pick<TenantContext, 'tenantId'>, field: string, sealed: string): Promise<string>
  /** The same value under the tenant's newest data key; unchanged where it already is. */
  reseal(ctx: Pick<TenantContext, 'tenantId'>, field: string, sealed: string): Promise<string>
  /** For tokens that a browser carries for the installation; those of the master key before still open. */
  tokenSealer(purpose: string): TokenSealer
  /** Starts a new data key; values sealed by older ones still open. */
  rotateTenantKey(ctx: Pick<TenantContext, 'tenantId'>): Promise<void>
  /** Wraps every data key anew; safe to repeat after an interruption. Restart other processes with the new key. */
  rotateMasterKey(newMasterKey: Buffer): Promise<number>
  /** Fails with one clear sentence when the stored data keys belong to another master key. */
  check(): Promise<void>
}
