import { type Client, createClient } from '../../../shared/api/client.ts'

export interface Call {
  readonly route: string
  readonly url: URL
  readonly body: unknown
  readonly headers: Headers
}

type Answer = (call: Call) => unknown

export interface FakeApi {
  readonly client: Client
  readonly calls: Call[]
  readonly fetch: typeof fetch
}

/** The typed client over a fetch of ours: answers by `METHOD /path` (`*` is any one part) and remembers what was asked. */
export function fakeApi(answers: Record<string, Answer>): FakeApi {
  const calls: Call[] = []
  async function answer(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const url = new URL(String(input), location.origin)
    const route = `${init?.method ?? 'GET'} ${url.pathname}`
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
    const call = { route, url, body, headers: new Headers(init?.headers) }
    calls.push(call)
    const value = await answerFor(route, answers)?.(call)
    if (value === undefined) return problem(404, 'not_found', `no answer for ${route}`)
    return value instanceof Response ? value : Response.json(value)
  }
  return { client: createClient({ baseUrl: location.origin, fetch: answer }), calls, fetch: answer }
}

function answerFor(route: string, answers: Record<string, Answer>): Answer | undefined {
  for (const [pattern, answer] of Object.entries(answers)) {
    const expression = pattern.replace(/[.?+]/g, '\\$&').replaceAll('*', '[^/]+')
    if (new RegExp(`^${expression}$`).test(route)) return answer
  }
  return undefined
}

/** A refusal as the server words it. */
export function problem(status: number, code: string, detail: string, more = {}): Response {
  return new Response(JSON.stringify({ status, code, detail, requestId: 'req_test', ...more }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })
}

/** What `fetch` does when the network is gone. */
export function networkFailure(): never {
  throw new TypeError('Failed to fetch')
}
