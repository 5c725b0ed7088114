import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { accessApi } from '../../shared/api/access.ts'
import { type Resource, resourcesApi } from '../../shared/api/resources.ts'

const { body: PairingRequest, response: PairingReply } =
  accessApi['POST /api/v1/extension/pairings']
const { query: ResourceQuery, response: ResourceList } = resourcesApi['GET /api/v1/resources']
const at = '2026-11-02T09:00:00.000Z'

export interface FakeEdPsych {
  readonly origin: string
  /** Codes that can be exchanged, each once. */
  readonly codes: Set<string>
  /** Tokens given out and not withdrawn. */
  readonly tokens: Set<string>
  readonly searches: string[]
  resources: Resource[]
  /** Answers every call with this status until it is undefined again. */
  failWith: number | undefined
  /** `false`: some other web site lives here. */
  isEdPsych: boolean
  stop(): Promise<void>
}

/** A server that speaks the three routes the extension calls; each answer is checked against the contract. */
export async function startFakeEdPsych(): Promise<FakeEdPsych> {
  const server = createServer((request, response) => {
    void answer(fake, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo
  const fake: FakeEdPsych = {
    origin: `http://127.0.0.1:${port}`,
    codes: new Set(),
    tokens: new Set(),
    searches: [],
    resources: [],
    failWith: undefined,
    isEdPsych: true,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake
}

async function answer(
  fake: FakeEdPsych,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', fake.origin)
  const route = `${request.method} ${pathname}`
  if (!fake.isEdPsych) {
    response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Nothing here</h1>')
    return
  }
  if (fake.failWith) return refuse(response, fake.failWith, 'internal_error')
  if (route === 'POST /api/v1/extension/pairings')
    return pair(fake, await readJson(request), response)
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
  if (!fake.tokens.has(token)) return refuse(response, 401, 'unauthenticated')
  if (route === 'DELETE /api/v1/extension/pairings/current') {
    fake.tokens.delete(token)
    response.writeHead(204).end()
    return
  }
  if (route === 'GET /api/v1/resources') return list(fake, searchParams, response)
  refuse(response, 404, 'not_found')
}

function pair(fake: FakeEdPsych, body: unknown, response: ServerResponse): void {
  const { code } = PairingRequest.parse(body)
  if (!fake.codes.delete(code)) {
    refuse(response, 401, 'invalid_credentials')
    return
  }
  const token = `edp_ext_${Math.random().toString(36).slice(2)}`
  fake.tokens.add(token)
  const reply = PairingReply.parse({
    token,
    expiresAt: new Date(Date.now() + 90 * 86_400_000).toISOString(),
    user: { name: 'Ada Teacher' },
    tenant: { id: 'ten_1', name: 'Harbour Learning Trust' },
  })
  send(response, 201, reply)
}

function list(fake: FakeEdPsych, search: URLSearchParams, response: ServerResponse): void {
  const { q = '', limit, cursor } = ResourceQuery.parse(Object.fromEntries(search))
  fake.searches.push(q)
  const matching = fake.resources.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(q.toLowerCase()),
  )
  const start = cursor ? Number(cursor) : 0
  const end = start + limit
  const reply = {
    data: matching.slice(start, end),
    nextCursor: end < matching.length ? `${end}` : null,
  }
  send(response, 200, ResourceList.parse(reply))
}

/** A resource as the server lists it. */
export function resource(id: string, fields: Partial<Resource> = {}): Resource {
  return {
    id,
    name: `Resource ${id}`,
    description: '',
    learningResourceType: 'activity',
    educationalLevel: null,
    about: [],
    timeRequiredMinutes: null,
    url: null,
    content: [],
    license: { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' },
    attribution: 'Harbour Learning Trust',
    inLanguage: 'en-GB',
    launchUrl: `https://edpsych.test/lti/resources/${id}`,
    shareUrl: `https://edpsych.test/share/${id}`,
    createdAt: at,
    updatedAt: at,
    ...fields,
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  send(response, status, { type: 'about:blank', status, code, requestId: 'req_test' }, 'problem+')
}

function send(response: ServerResponse, status: number, payload: unknown, kind = ''): void {
  response.writeHead(status, { 'content-type': `application/${kind}json` })
  response.end(JSON.stringify(payload))
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}
