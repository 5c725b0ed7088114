import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Outgoing, OutgoingResponse } from '../../core/outgoing/index.ts'
import type { SigningKeys } from './keys/signing-keys.ts'

const assertionLifeSeconds = 300
/** Where the platform does not say how long a token lasts. */
const assumedLifeSeconds = 300

interface Client {
  readonly _id: string
  readonly clientId: string
  readonly tokenEndpoint: string
}

export interface AccessTokens {
  /**
   * Calls a service of the platform with a token for exactly these scopes.
   * A token that the service no longer takes is replaced once.
   */
  call(
    platform: Client,
    scopes: readonly string[],
    send: (accessToken: string) => Promise<OutgoingResponse>,
  ): Promise<OutgoingResponse>
}

const TokenResponse = z.object({
  access_token: z.string().min(1),
  token_type: z.string().optional(),
  expires_in: z.coerce.number().positive().optional(),
  scope: z.string().optional(),
})

interface CachedToken {
  readonly token: Promise<{ readonly value: string; readonly refreshAt: number }>
}

/** Access tokens of platforms (Security Framework §4.1), kept in memory per registration and set of scopes. */
export function createAccessTokens(options: {
  readonly outgoing: Pick<Outgoing, 'request'>
  readonly keys: Pick<SigningKeys, 'sign'>
  readonly clock: () => Date
}): AccessTokens {
  const { outgoing, keys, clock } = options
  const cache = new Map<string, CachedToken>()
  const now = () => clock().getTime()

  async function request(platform: Client, scope: string) {
    const issuedAt = Math.floor(now() / 1000)
    const assertion = await keys.sign({
      iss: platform.clientId,
      sub: platform.clientId,
      aud: platform.tokenEndpoint,
      jti: randomUUID(),
      iat: issuedAt,
      exp: issuedAt + assertionLifeSeconds,
    })
    const answer = await outgoing.request({
      url: platform.tokenEndpoint,
      purpose: 'lti.token',
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        scope,
      }).toString(),
    })
    const granted = readGrant(answer, scope)
    const lifeMs = (granted.expires_in ?? assumedLifeSeconds) * 1000
    // Early enough for a slow call, late enough for a short-lived token to be used at all.
    return { value: granted.access_token, refreshAt: now() + lifeMs - Math.min(60_000, lifeMs / 2) }
  }

  async function tokenFor(platform: Client, name: string, scope: string): Promise<CachedToken> {
    const known = cache.get(name)
    if (known && (await known.token).refreshAt > now()) return known
    // Others may have asked while this one waited.
    const newer = cache.get(name)
    if (newer !== known && newer) return newer
    const fresh: CachedToken = { token: request(platform, scope) }
    cache.set(name, fresh)
    fresh.token.catch(() => {
      if (cache.get(name) === fresh) cache.delete(name)
    })
    return fresh
  }

  return {
    async call(platform, scopes, send) {
      const scope = [...new Set(scopes)].join(' ')
      const name = [platform._id, platform.clientId, platform.tokenEndpoint, scope].join('\n')
      const first = await tokenFor(platform, name, scope)
      const answer = await send((await first.token).value)
      if (answer.status !== 401) return answer
      if (cache.get(name) === first) cache.delete(name)
      const second = await tokenFor(platform, name, scope)
      return send((await second.token).value)
    },
  }
}

function readGrant(answer: OutgoingResponse, scope: string): z.output<typeof TokenResponse> {
  if (answer.status === 429 || answer.status >= 500) {
    throw new AppError('upstream_unavailable', 'The LMS cannot issue access tokens at the moment')
  }
  if (answer.status !== 200 && answer.status !== 201) throw refused(answer)
  const grant = answer.json(TokenResponse)
  // A platform may grant less than was asked for (RFC 6749 §3.3), as Moodle does without a word.
  const granted = grant.scope?.split(/\s+/)
  const missing = granted && scope.split(' ').find((wanted) => !granted.includes(wanted))
  if (missing) {
    throw new AppError(
      'service_token_refused',
      `The LMS does not allow this tool ${missing}; switch the service on in its tool settings`,
    )
  }
  return grant
}

function refused(answer: OutgoingResponse): AppError {
  const reason = /"error"\s*:\s*"([a-z_]{1,40})"/.exec(answer.text)?.[1] ?? answer.status
  return new AppError(
    'service_token_refused',
    `The LMS refused an access token (${reason}); check the client id, the token URL and the keyset URL that the LMS has of this tool`,
  )
}
