import type { Logger } from '../../core/logging.ts'
import type { LookupAll } from '../../core/outgoing/definition.ts'
import type { Secrets } from '../../core/secrets/definition.ts'
import type { Settings } from '../../core/settings.ts'
import type { Principal } from '../../core/tenancy.ts'
import type { InstallationKey } from './signing-key.ts'

/** What a sandbox lets a delivery suffer, so that a receiver is tried. */
export interface DeliveryFaults {
  /** It is sent twice. */
  readonly duplicate?: boolean | undefined
  /** Those after it overtake it. */
  readonly outOfOrder?: boolean | undefined
  readonly delayMs?: number | undefined
}

export interface WebhookSettings {
  /** How long a killed process's delivery stays unclaimed; default 6 s. A living one renews in time. */
  readonly leaseMs?: number | undefined
  /** For one attempt; default 15 s. */
  readonly timeoutMs?: number | undefined
  /** Attempts under way in this process, and to one endpoint; default 256 and 32. */
  readonly concurrency?: number | undefined
  readonly perEndpoint?: number | undefined
}

export interface WebhookOptions extends WebhookSettings {
  readonly settings: Settings
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt'>
  readonly log: Logger
  /** Ids from the root down to the tenant itself. */
  lineageOf(tenantId: string): Promise<readonly string[]>
  /** Ids of the tenant and of everything below it. */
  treeOf(tenantId: string): Promise<readonly string[]>
  /** The rights that a credential holds in a tenant at this moment; null: none, it ended or never reached there. */
  currentScopes(
    tenantId: string,
    principal: Pick<Principal, 'kind' | 'id'>,
  ): Promise<ReadonlySet<string> | null>
  /** An object as the API would answer it to someone with these rights; null where they do not reach it. */
  readObject(
    tenantId: string,
    principal: Pick<Principal, 'kind' | 'id'>,
    scopes: ReadonlySet<string>,
    path: string,
  ): Promise<object | null>
  publish(tenantId: string, topic: 'deliveries', message: object): void
  /** Epoch ms; a sandbox's clock may be moved. */
  now?(tenantId: string): number
  /** Asked once for each delivery of a tenant. */
  faults?(tenantId: string): DeliveryFaults | null
  readonly lookup?: LookupAll | undefined
}

export interface WebhookDeps extends WebhookOptions {
  now(tenantId: string): number
  signingKey(): Promise<InstallationKey>
}
