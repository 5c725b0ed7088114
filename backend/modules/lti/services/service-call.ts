import { AppError } from '../../../../shared/errors.ts'
import type { Outgoing, OutgoingResponse } from '../../../core/outgoing/index.ts'
import type { AccessTokens } from '../access-tokens.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'

export interface ServiceDeps {
  readonly outgoing: Pick<Outgoing, 'request'>
  readonly tokens: AccessTokens
}

export interface ServiceRequest {
  readonly url: string
  /** In the words of a school: `the members of the course`. */
  readonly what: string
  /** For the log: `lti.members`. */
  readonly purpose: string
  readonly scopes: readonly string[]
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly accept?: string
  readonly contentType?: string
  readonly body?: object
  readonly signal?: AbortSignal
  readonly requestId?: string
}

const mostBytes = 16 * 1024 * 1024

/** One call of a service of an LMS, with a token for exactly its scopes; resolves for every status. */
export function callService(
  { outgoing, tokens }: ServiceDeps,
  platform: PlatformRow,
  request: ServiceRequest,
): Promise<OutgoingResponse> {
  const { url, purpose, scopes, method = 'GET', accept, contentType, body } = request
  return tokens.call(platform, scopes, (accessToken) =>
    outgoing.request({
      url,
      purpose,
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        // What a service answers in spite of it is read all the same, so long as it is JSON.
        ...(accept && { accept: `${accept}, application/json;q=0.9` }),
        ...(contentType && { 'content-type': contentType }),
      },
      ...(body && { body: JSON.stringify(body) }),
      maxBytes: mostBytes,
      timeoutMs: 30_000,
      ...(request.signal && { signal: request.signal }),
      ...(request.requestId && { requestId: request.requestId }),
    }),
  )
}

/** Throws where a service did not do what it was asked, in the words of a school. */
export function checkAnswer(answer: OutgoingResponse, what: string): void {
  const { status } = answer
  if (status >= 200 && status < 300) return
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    throw new AppError(
      'upstream_unavailable',
      `The LMS cannot give ${what} at the moment (${status}); try again later`,
    )
  }
  if (status === 404 || status === 410) {
    throw new AppError('lti_service_gone', `The LMS no longer has ${what} (${status})`)
  }
  const remedy =
    status === 401 || status === 403
      ? 'switch the service on in its tool settings'
      : 'open the activity from the course again, then try once more'
  throw new AppError('lti_service_refused', `The LMS refused ${what} (${status}); ${remedy}`)
}

/** The JSON of an answer whatever its media type says, as Canvas names NRPS answers by an old type. */
export function jsonOf(answer: OutgoingResponse, what: string): unknown {
  try {
    return JSON.parse(answer.text)
  } catch {
    throw new AppError(
      'upstream_invalid_response',
      `The LMS answered a page where ${what} should be; its web server or sign-in may stand in between`,
    )
  }
}
