import { z } from 'zod'
import type { AccessToken } from '../../connector-kit/index.ts'
import type { OneRosterContext } from './settings.ts'

const scopePrefix = 'https://purl.imsglobal.org/spec/or/v1p2/scope/'
const usualLifeSeconds = 3600

const Answer = z.object({
  access_token: z.string().min(1),
  // Some write the number as text, some leave it out.
  expires_in: z.coerce.number().positive().default(usualLifeSeconds),
})

/** OneRoster 1.2 security: client credentials with `client_secret_basic`. */
export async function fetchToken({
  config,
  credentials,
  http,
}: OneRosterContext): Promise<AccessToken> {
  // RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
  const pair = [credentials.clientId, credentials.clientSecret].map(encodeURIComponent).join(':')
  const answer = await http.post(config.tokenUrl, Answer, {
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    form: { grant_type: 'client_credentials', scope: scopePrefix + config.scope },
    idempotent: true,
  })
  return { accessToken: answer.access_token, expiresInSeconds: answer.expires_in }
}
