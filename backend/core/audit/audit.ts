import { z } from 'zod'
import { type AnyJob, defineJob } from '../jobs/definition.ts'
import type { Secrets } from '../secrets/definition.ts'
import { checkpointsOf, makeCheckpoint, signedText } from './checkpoints.ts'
import type { AuditVerification } from './definition.ts'
import { takeWrittenTenants } from './record.ts'
import { createSigningKeys } from './signing-key.ts'
import { entriesOf, tenantsWithEntries } from './store.ts'
import { type CheckedCheckpoint, verifyChain } from './verify-chain.ts'

export interface Audit {
  readonly jobs: readonly AnyJob[]
  /** Signs the chain of every tenant that grew; resolves with how many checkpoints were made. */
  checkpointAll(): Promise<number>
  /** The same for the tenants this process wrote for: at a stop, when there is little time. */
  checkpointWritten(): Promise<number>
  verify(tenantId: string): Promise<AuditVerification>
  /** For verifying without this server: SPKI, PEM. */
  publicKey(): Promise<{ readonly id: string; readonly publicKey: string }>
  /** Signs a statement with the key of the checkpoints, for verifying without this server. */
  sign(
    text: string,
  ): Promise<{ readonly keyId: string; readonly publicKey: string; readonly signature: string }>
}

export interface AuditOptions {
  readonly secrets: Secrets
  readonly clock?: () => number
}

const dayMs = 24 * 3600 * 1000

/** The signed side of the audit trail; entries themselves are added by `recordAudit`. */
export function createAudit({ secrets, clock = Date.now }: AuditOptions): Audit {
  const keys = createSigningKeys(secrets, clock)

  async function checkpoint(tenantIds: readonly string[], signal?: AbortSignal): Promise<number> {
    let made = 0
    if (tenantIds.length === 0) return made
    const key = await keys.current()
    for (const tenantId of tenantIds) {
      signal?.throwIfAborted()
      if (await makeCheckpoint(tenantId, key, clock())) made++
    }
    return made
  }

  const daily = defineJob({
    name: 'audit.checkpoint',
    input: z.object({}),
    every: dayMs,
    async run(_ctx, _input, { signal }) {
      await checkpoint(await tenantsWithEntries(), signal)
    },
  })

  return {
    jobs: [daily],
    checkpointAll: async () => await checkpoint(await tenantsWithEntries()),
    checkpointWritten: () => checkpoint(takeWrittenTenants()),
    async verify(tenantId) {
      const checked: CheckedCheckpoint[] = []
      for (const each of await checkpointsOf(tenantId)) {
        const key = await keys.find(each.keyId)
        const signatureOk = key?.verify(signedText(each), each.signature) ?? false
        checked.push({ ...each, signatureOk })
      }
      return await verifyChain(entriesOf(tenantId), checked)
    },
    async publicKey() {
      const { id, publicKey } = await keys.current()
      return { id, publicKey }
    },
    async sign(text) {
      const key = await keys.current()
      return { keyId: key.id, publicKey: key.publicKey, signature: key.sign(text) }
    },
  }
}
