import type { StaffSession } from '../../shared/api/access.ts'

export interface StaffAnswer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every route
  readonly body: any
}

interface StaffCall {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A browser of a member of staff: keeps cookies, sends the CSRF token of its session. */
export interface StaffBrowser {
  call(route: string, call?: StaffCall): Promise<StaffAnswer>
  signIn(email: string, password: string): Promise<StaffAnswer>
  readonly cookies: Map<string, string>
  csrfToken: string
}

/** `from` is the address the server sees, as its proxy would tell it. */
export function createStaffBrowser(url: string, from = '192.0.2.1'): StaffBrowser {
  const cookies = new Map<string, string>()

  function remember(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      if (value === '' || /max-age=0\b/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
  }

  const browser: StaffBrowser = {
    cookies,
    csrfToken: '',
    async call(route, { body, headers = {} } = {}) {
      const [method = 'GET', path = '/'] = route.split(' ')
      const response = await fetch(new URL(path, url), {
        method,
        redirect: 'manual',
        headers: {
          'x-forwarded-for': from,
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(method === 'GET' ? {} : { origin: url, 'sec-fetch-site': 'same-origin' }),
          ...(browser.csrfToken === '' ? {} : { 'x-edpsych-csrf': browser.csrfToken }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      remember(response.headers)
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json')
      return {
        status: response.status,
        headers: response.headers,
        body: isJson && text !== '' ? JSON.parse(text) : text,
      }
    },
    async signIn(email, password) {
      const answer = await browser.call('POST /api/v1/session', { body: { email, password } })
      if (answer.status === 201) browser.csrfToken = (answer.body as StaffSession).csrfToken
      return answer
    },
  }
  return browser
}
