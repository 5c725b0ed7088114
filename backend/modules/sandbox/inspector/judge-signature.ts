import type { IncomingHttpHeaders } from 'node:http'
import { verifyWebhook, WebhookVerificationError } from '../../../../shared/client/webhooks.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import type { SandboxDeps } from '../deps.ts'

type Verdict = { readonly verified: boolean; readonly reason: string | null }

/** Whether a request is one of our webhooks and its signature right, or why not; null where it is none. */
export async function judgeSignature(
  ctx: TenantContext,
  request: {
    readonly url: string
    readonly headers: IncomingHttpHeaders
    readonly body: Buffer
  },
  deps: Pick<SandboxDeps, 'findWebhooks' | 'now'> & { readonly isWhole: boolean },
): Promise<Verdict | null> {
  const { headers, body, url } = request
  if (!Object.keys(headers).some((name) => name.startsWith('webhook-'))) return null
  const endpoints = await deps.findWebhooks(ctx, { url })
  const secret = endpoints.flatMap(({ secrets }) => secrets)
  if (secret.length === 0) {
    return { verified: false, reason: 'No webhook of this sandbox is sent to this inspector' }
  }
  if (!deps.isWhole) {
    return { verified: false, reason: 'The body is too long to be kept and checked' }
  }
  try {
    // Deliveries carry real time whatever the sandbox's clock says: receivers elsewhere go by theirs.
    await verifyWebhook({ secret, headers, body, now: deps.now().getTime() })
    return { verified: true, reason: null }
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    return { verified: false, reason: error.message }
  }
}
