import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

type Claims = Record<string, unknown>

/** An OpenID Provider that signs in whom a test names, and holds its client to the protocol. */
export interface OidcIdp {
  readonly issuer: string
  /** Claims of whoever signs in next. */
  person: Claims
  /** Makes the next ID token another one; gets the claims of the true one. */
  forge: ((claims: Claims) => Promise<string>) | null
  readonly privateKey: CryptoKey
  sign(claims: Claims, header?: object, key?: CryptoKey | Uint8Array): Promise<string>
  /** Requests of the token endpoint that were refused, with the reason. */
  readonly refusals: string[]
  stop(): Promise<void>
}

interface Grant {
  readonly redirectUri: string
  readonly challenge: string
  readonly nonce: string | null
}

const keyId = 'idp-1'

export async function startOidcIdp(client: {
  readonly id: string
  readonly secret: string | null
}): Promise<OidcIdp> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: keyId, use: 'sig', alg: 'RS256' }
  const grants = new Map<string, Grant>()
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const idp: OidcIdp = {
    issuer,
    person: {},
    forge: null,
    privateKey,
    refusals: [],
    sign: (claims, header = {}, key = privateKey) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: keyId, ...header }).sign(key),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === '/.well-known/openid-configuration') return json(response, configuration())
    if (url.pathname === '/jwks') return json(response, { keys: [jwk] })
    if (url.pathname === '/authorize') return authorize(url.searchParams, response)
    if (url.pathname === '/token') return token(request, response)
    response.writeHead(404).end()
  }

  const configuration = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  })

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const [redirectUri, challenge] = [query.get('redirect_uri'), query.get('code_challenge')]
    const isSound =
      query.get('response_type') === 'code' &&
      query.get('client_id') === client.id &&
      query.get('code_challenge_method') === 'S256' &&
      query.get('scope')?.split(' ').includes('openid')
    if (!isSound || redirectUri === null || challenge === null) {
      response.writeHead(400).end()
      return
    }
    const code = randomBytes(16).toString('hex')
    grants.set(code, { redirectUri, challenge, nonce: query.get('nonce') })
    const back = new URL(redirectUri)
    back.searchParams.set('code', code)
    back.searchParams.set('state', query.get('state') ?? '')
    back.searchParams.set('iss', issuer)
    response.writeHead(302, { location: back.href }).end()
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await readBody(request))
    const grant = grants.get(form.get('code') ?? '')
    grants.delete(form.get('code') ?? '')
    const reason = whyNot(request, form, grant)
    if (reason !== null || !grant) {
      idp.refusals.push(reason ?? 'unknown')
      return json(response, { error: 'invalid_grant' }, 400)
    }
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: issuer,
      aud: client.id,
      iat: now,
      exp: now + 300,
      nonce: grant.nonce,
      ...idp.person,
    }
    const idToken = await (idp.forge?.(claims) ?? idp.sign(claims))
    idp.forge = null
    json(response, { access_token: 'unused', token_type: 'Bearer', id_token: idToken })
  }

  function whyNot(request: IncomingMessage, form: URLSearchParams, grant: Grant | undefined) {
    if (!grant) return 'unknown or used code'
    if (form.get('redirect_uri') !== grant.redirectUri) return 'redirect_uri'
    const verifier = form.get('code_verifier') ?? ''
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    if (challenge !== grant.challenge) return 'PKCE'
    if (client.secret === null) return form.get('client_id') === client.id ? null : 'client_id'
    const expected = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
    return request.headers.authorization === expected ? null : 'client secret'
  }

  return idp
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
