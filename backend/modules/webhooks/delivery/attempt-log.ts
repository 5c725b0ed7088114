import { redactText } from '../../../core/redaction.ts'
import type { AttemptRow } from '../delivery-store.ts'
import type { Answer } from './post.ts'

const bodyCharacters = 4096
const answerCharacters = 1024
const headerCharacters = 300
const mostHeaders = 30
/** Of the connection rather than of the answer. */
const boring = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding'])
const hidden = /cookie|authori[sz]ation|token|secret|key|signature/i

/** The request as people may see it: everything but the signature. */
export function loggedRequest(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): AttemptRow['request'] {
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    name === 'webhook-signature' ? value.replace(/,\S+/g, ',[redacted]') : value,
  ])
  return { url, headers: Object.fromEntries(shown), body: body.slice(0, bodyCharacters) }
}

/** The answer without what looks like a credential: it is somebody else's text. */
export function loggedAnswer({ headers, body }: Answer): NonNullable<AttemptRow['response']> {
  const shown = Object.entries(headers)
    .filter(([name]) => !boring.has(name))
    .slice(0, mostHeaders)
    .map(([name, value]) => [
      name,
      hidden.test(name) ? '[redacted]' : redactText(value.slice(0, headerCharacters)),
    ])
  return {
    headers: Object.fromEntries(shown),
    body: body === '' ? '' : redactText(body.slice(0, answerCharacters)),
  }
}
