import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { defineJob, type JobDefinition } from '../../core/jobs/index.ts'
import { systemContext } from '../../core/tenancy.ts'
import type { SsoParts } from './deps.ts'
import { findProvidersWithMetadataUrl, replaceProvider } from './provider-store.ts'
import { refreshMetadata } from './providers.ts'

const everyMs = 24 * 60 * 60_000
const Nothing = z.object({})

/** Reads the metadata of every SAML provider once a day, so that a new certificate is known before it is used. */
export function defineRefreshJob(deps: SsoParts): JobDefinition<typeof Nothing> {
  return defineJob({
    name: 'sso.metadata.refresh',
    input: Nothing,
    every: everyMs,
    async run(_ctx, _input, { signal }) {
      for (const row of await findProvidersWithMetadataUrl()) {
        signal.throwIfAborted()
        const ctx = systemContext(row.tenantId, 'sso.refresh')
        try {
          await refreshMetadata(deps, ctx, row)
        } catch (error) {
          if (!(error instanceof AppError) || !row.saml) throw error
          // What was read last stays good; the administration shows why it could not be read again.
          const saml = { ...row.saml, metadataProblem: error.message }
          await replaceProvider(ctx, row, { saml })
        }
      }
    },
  })
}
