import { type Client, createClient } from '../../../shared/api/client.ts'

export interface Call {
  readonly route: string
  readonly url: URL
  readonly body: unknown
}

type Answer = (call: Call) => unknown

/** The typed client over a fetch of ours: answers by `METHOD /path` (`*` is any one part) and remembers what was asked. */
export function fakeApi(answers: Record<string, Answer>): { client: Client; calls: Call[] } {
  const calls: Call[] = []
  const client = createClient({
    baseUrl: location.origin,
    async fetch(input, init) {
      const url = new URL(String(input))
      const route = `${init?.method ?? 'GET'} ${url.pathname}`
      const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
      const call = { route, url, body }
      calls.push(call)
      const answer = answerFor(route, answers)
      if (!answer) return problem(404, 'not_found', `no answer for ${route}`)
      const value = await answer(call)
      return value instanceof Response ? value : Response.json(value)
    },
  })
  return { client, calls }
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
