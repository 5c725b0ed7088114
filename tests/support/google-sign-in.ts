import { createHash, randomBytes } from 'node:crypto'

export interface GoogleTokens {
  readonly access_token: string
  readonly refresh_token?: string
  readonly id_token?: string
  readonly scope: string
}

const redirectUri = 'http://127.0.0.1/back'

/** Signs somebody in at the local Google, as a web application does; answers what the token endpoint says. */
export async function googleSignIn(
  base: string,
  {
    clientId,
    clientSecret,
    account,
    scopes,
    extra = {},
  }: {
    readonly clientId: string
    readonly clientSecret: string
    readonly account: string
    readonly scopes: readonly string[]
    readonly extra?: Readonly<Record<string, string>>
  },
): Promise<GoogleTokens> {
  const verifier = randomBytes(32).toString('base64url')
  const consent = await fetch(`${base}/o/oauth2/v2/auth`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: scopes.map(fullScope).join(' '),
      state: 'state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      access_type: 'offline',
      account,
      decision: 'allow',
      ...extra,
    }),
  })
  const code = new URL(consent.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const answer = await fetch(`${base}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  })
  if (!answer.ok) throw new Error(`Google answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as GoogleTokens
}

/** `classroom.courses.readonly` and its like stand for a long address. */
export function fullScope(name: string): string {
  return name.startsWith('classroom.') ? `https://www.googleapis.com/auth/${name}` : name
}
