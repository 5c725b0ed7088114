import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import type { Outgoing } from '../../../core/outgoing/index.ts'
import { readFromProvider } from '../read-from-provider.ts'

const address = z.url({ protocol: /^https?$/ })
const Configuration = z.object({
  issuer: z.string(),
  authorization_endpoint: address,
  token_endpoint: address,
  jwks_uri: address,
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  end_session_endpoint: address.optional().catch(undefined),
})
export type OidcConfiguration = z.output<typeof Configuration>

export interface DiscoveryDeps {
  readonly outgoing: Pick<Outgoing, 'request'>
  readonly now: () => Date
}

const freshMs = 10 * 60_000
const mostKnown = 500

export type Discover = (issuer: string) => Promise<OidcConfiguration>

/** OpenID Connect Discovery 1.0 §4, kept for ten minutes; the document must name the issuer it was asked of (§4.3). */
export function createDiscovery({ outgoing, now }: DiscoveryDeps): Discover {
  const known = new Map<string, { readonly at: number; readonly value: OidcConfiguration }>()
  return async (issuer) => {
    const at = now().getTime()
    const found = known.get(issuer)
    if (found && at - found.at < freshMs) return found.value
    const answer = await readFromProvider(outgoing, {
      url: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      purpose: 'sso.discovery',
      accept: 'application/json',
    })
    if (answer.status !== 200) {
      throw new AppError(
        'sso_metadata_invalid',
        `The identity provider does not describe itself at its issuer (${answer.status}); check the issuer`,
      )
    }
    const parsed = Configuration.safeParse(readJson(answer.text))
    if (!parsed.success) {
      throw new AppError(
        'sso_metadata_invalid',
        'What the identity provider says of itself is incomplete; check the issuer',
      )
    }
    if (parsed.data.issuer !== issuer) {
      throw new AppError(
        'sso_metadata_invalid',
        `The identity provider calls itself ${parsed.data.issuer}; enter exactly that as the issuer`,
      )
    }
    if (known.size >= mostKnown) known.clear()
    known.set(issuer, { at, value: parsed.data })
    return parsed.data
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
