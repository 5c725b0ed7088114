import { parseRetryAfter } from '../../../core/outgoing/retry.ts'

export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'gone'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string; readonly retryAfterMs: number | null }

/** What an answer means (Standard Webhooks 1.0.0): only 2xx is a success, a redirect is not followed. */
export function judgeAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  now: number,
): Verdict {
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  if (status === 410) {
    return { kind: 'gone', error: 'The receiver answered 410 Gone: it wants no more deliveries' }
  }
  return {
    kind: 'failed',
    error: sentenceOf(status),
    retryAfterMs: parseRetryAfter(headers['retry-after'], now),
  }
}

function sentenceOf(status: number): string {
  if (status >= 300 && status < 400) {
    return `The receiver answered ${status}, a redirect; redirects are not followed, so subscribe the final address`
  }
  if (status === 401 || status === 403) {
    return `The receiver answered ${status}: it refused the delivery, perhaps because it checks the signature with another secret`
  }
  if (status === 404) return 'The receiver answered 404: nothing is at this address'
  if (status === 429) return 'The receiver answered 429: it asks for fewer deliveries at a time'
  if (status >= 500) return `The receiver answered ${status}: something failed on its side`
  return `The receiver answered ${status} instead of 2xx`
}
