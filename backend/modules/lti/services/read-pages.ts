import { AppError } from '../../../../shared/errors.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { linkTo } from './link-header.ts'
import {
  callService,
  checkAnswer,
  jsonOf,
  type ServiceDeps,
  type ServiceRequest,
} from './service-call.ts'
import { withQuery } from './service-url.ts'

export interface ServicePage {
  readonly body: unknown
  /** Where to ask next time for what has changed since (LTI-NRPS 2.0 §2.4.2); null: not offered. */
  readonly differencesUrl: string | null
}

/** No gradebook and no course has more. */
const mostPages = 5_000

interface PagedRequest extends Omit<ServiceRequest, 'method' | 'body' | 'contentType'> {
  /** Rows to ask for at once; a service may give fewer. Left out where one refuses it. */
  readonly limit?: number
}

/** Follows `rel="next"` to the end, one page in memory at a time. */
export async function* readPages(
  deps: ServiceDeps,
  platform: PlatformRow,
  request: PagedRequest,
): AsyncGenerator<ServicePage> {
  const { limit, what } = request
  const seen = new Set<string>()
  let url: string | null = withQuery(request.url, { limit })
  while (url !== null) {
    seen.add(url)
    if (seen.size > mostPages) throw endless(what)
    let answer = await callService(deps, platform, { ...request, url })
    const isFirst = seen.size === 1
    // A service that knows no limit, or not so high a one, may still give what it gives by itself.
    if (isFirst && limit !== undefined && (answer.status === 400 || answer.status === 422)) {
      url = request.url
      answer = await callService(deps, platform, { ...request, url })
    }
    checkAnswer(answer, what)
    const { link } = answer.headers
    const differencesUrl = linkTo(link, 'differences', url)
    yield { body: jsonOf(answer, what), differencesUrl }
    const next = linkTo(link, 'next', url)
    url = next === null ? null : sameSite(next, request.url, what)
    // A page that names itself, or one before, would be read for ever.
    if (url !== null && seen.has(url)) throw endless(what)
  }
}

/** The token is for this service alone. A service behind a proxy may believe that it is spoken to in clear. */
function sameSite(next: string, first: string, what: string): string {
  const [url, home] = [new URL(next), new URL(first)]
  if (
    url.hostname !== home.hostname ||
    (url.port !== home.port && url.protocol === home.protocol)
  ) {
    throw new AppError(
      'upstream_invalid_response',
      `The LMS continues ${what} at another site (${url.host}); nothing was read from there`,
    )
  }
  url.protocol = home.protocol
  url.port = home.port
  return url.href
}

function endless(what: string): AppError {
  return new AppError(
    'upstream_invalid_response',
    `The LMS lists ${what} in a circle: a page names itself, or one before, as the next`,
  )
}
