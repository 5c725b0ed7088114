import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export interface ScoreRequest {
  readonly path: string
  readonly authorization: string
  readonly contentType: string
  readonly body: Record<string, unknown>
}

export interface ServiceRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export interface ScoreReply {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
  /** Takes the score although the answer is a failure. */
  readonly takes?: boolean
}

/** An LTI platform that does whatever a test asks of it: signs anything, and answers its services anyhow. */
export interface HostilePlatform {
  readonly origin: string
  readonly key: SigningKey
  /** Published keys; a test adds, removes and spoils them. */
  readonly published: JWK[]
  readonly jwks: { requests: number; delayMs: number; status: number; raw: string | null }
  readonly token: {
    readonly requests: URLSearchParams[]
    /** Answers before the normal one. */
    readonly replies: ScoreReply[]
    expiresIn: number
    scope: string | null
  }
  readonly scores: { readonly requests: ScoreRequest[]; readonly replies: ScoreReply[] }
  /** Scores the gradebook took, each newer than the last of its person. */
  readonly gradebook: ScoreRequest[]
  /** Answers of other services by path; each keeps the requests it got itself. */
  readonly services: Map<string, (request: ServiceRequest) => ScoreReply>
  /** Further pages by path, for tests in a browser. */
  readonly pages: Map<string, (url: URL) => Promise<string> | string>
  makeKey(kid: string): Promise<SigningKey>
  sign(claims: object, options?: { header?: object; key?: SigningKey }): Promise<string>
  registration(changes?: object): {
    name: string
    issuer: string
    clientId: string
    authorizationEndpoint: string
    tokenEndpoint: string
    jwksUri: string
    deploymentIds: string[]
    allowAnonymous?: boolean
  }
  stop(): Promise<void>
  /** Listens again on the same port after `stop`. */
  start(): Promise<void>
}

const usedPorts = new Set<number>()

function portOf(server: Server): number {
  // Listening on a port, not on a path.
  return (server.address() as AddressInfo).port
}

/** Listens on a free port; a key that is given saves the making of one. */
export async function startHostilePlatform(given?: SigningKey): Promise<HostilePlatform> {
  const key = given ?? (await makeKey('key-1'))
  const state = {
    key,
    published: [key.publicJwk],
    jwks: { requests: 0, delayMs: 0, status: 200, raw: null as string | null },
    token: {
      requests: [] as URLSearchParams[],
      replies: [] as ScoreReply[],
      expiresIn: 3600,
      scope: null as string | null,
    },
    scores: { requests: [] as ScoreRequest[], replies: [] as ScoreReply[] },
    gradebook: [] as ScoreRequest[],
    services: new Map<string, (request: ServiceRequest) => ScoreReply>(),
    pages: new Map<string, (url: URL) => Promise<string> | string>(),
  }
  let issued = 0
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  // Its address is its issuer: one that was used before is registered already.
  await listen(0)
  while (usedPorts.has(portOf(server))) {
    server.close()
    await once(server, 'close')
    await listen(0)
  }
  const port = portOf(server)
  usedPorts.add(port)
  const origin = `http://127.0.0.1:${port}`

  async function listen(onPort: number): Promise<void> {
    server.listen(onPort, '127.0.0.1')
    await once(server, 'listening')
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin)
    if (url.pathname === '/jwks') return answerJwks(response)
    const page = state.pages.get(url.pathname)
    if (page) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(await page(url))
      return
    }
    const body = await readBody(request)
    const service = state.services.get(url.pathname)
    if (service) {
      const { method = 'GET', headers } = request
      const reply = service({ method, url, headers, body })
      response
        .writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
        .end(reply.body ?? '')
      return
    }
    if (url.pathname === '/token') return answerToken(body, response)
    if (url.pathname.endsWith('/scores')) return answerScore(request, url, body, response)
    response.writeHead(404).end()
  }

  async function answerJwks(response: ServerResponse): Promise<void> {
    state.jwks.requests += 1
    await wait(state.jwks.delayMs)
    response.writeHead(state.jwks.status, { 'content-type': 'application/json' })
    response.end(state.jwks.raw ?? JSON.stringify({ keys: state.published }))
  }

  function answerToken(body: string, response: ServerResponse): void {
    const form = new URLSearchParams(body)
    state.token.requests.push(form)
    const reply = state.token.replies.shift()
    if (reply) {
      response.writeHead(reply.status, reply.headers).end(reply.body ?? '')
      return
    }
    issued += 1
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        access_token: `token-${issued}`,
        token_type: 'Bearer',
        expires_in: state.token.expiresIn,
        scope: state.token.scope ?? form.get('scope'),
      }),
    )
  }

  function answerScore(
    request: IncomingMessage,
    url: URL,
    text: string,
    response: ServerResponse,
  ): void {
    const score: ScoreRequest = {
      path: `${url.pathname}${url.search}`,
      authorization: request.headers.authorization ?? '',
      contentType: request.headers['content-type'] ?? '',
      body: JSON.parse(text),
    }
    state.scores.requests.push(score)
    const reply = state.scores.replies.shift()
    if (reply?.takes === true) state.gradebook.push(score)
    if (reply) {
      response.writeHead(reply.status, reply.headers).end(reply.body ?? '')
      return
    }
    const isNewer = state.gradebook
      .filter(({ body, path }) => body['userId'] === score.body['userId'] && path === score.path)
      .every(({ body }) => timeOf(body) < timeOf(score.body))
    if (isNewer) state.gradebook.push(score)
    response.writeHead(isNewer ? 200 : 409).end(isNewer ? '' : '[]')
  }

  return {
    ...state,
    origin,
    makeKey,
    sign: (claims, { header = {}, key: by = key } = {}) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: by.kid, ...header })
        .sign(by.privateKey),
    registration: (changes = {}) => ({
      name: 'Hostile LMS',
      issuer: origin,
      clientId: 'client-1',
      authorizationEndpoint: `${origin}/auth?site=1`,
      tokenEndpoint: `${origin}/token`,
      jwksUri: `${origin}/jwks`,
      deploymentIds: ['dep-1'],
      ...changes,
    }),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
    start: () => listen(port),
  }
}

export async function makeKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  return {
    kid,
    privateKey,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' },
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

function timeOf(body: Record<string, unknown>): number {
  return Date.parse(String(body['timestamp']))
}
