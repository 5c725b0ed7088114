import { z } from 'zod'
import type { AccessToken } from '../../connector-kit/index.ts'
import type { BlackboardContext } from './settings.ts'

/** Asked again, Blackboard answers the same token with what is left of its hour. */
const Answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().min(0),
})

/** Client credentials with `client_secret_basic`. */
export async function fetchToken({ http, credentials }: BlackboardContext): Promise<AccessToken> {
  const { applicationKey, applicationSecret } = credentials
  const pair = Buffer.from(`${applicationKey}:${applicationSecret}`).toString('base64')
  const answer = await http.post('learn/api/public/v1/oauth2/token', Answer, {
    headers: { authorization: `Basic ${pair}` },
    form: { grant_type: 'client_credentials' },
    idempotent: true,
  })
  return { accessToken: answer.access_token, expiresInSeconds: answer.expires_in }
}
