import type { EndedCall } from '../../core/http/index.ts'
import { newId } from '../../core/ids.ts'
import { networkOf } from '../../core/limits/index.ts'
import { redact, redactText } from '../../core/redaction.ts'
import { versionOf } from './counter.ts'
import { credentialOf } from './credential-of.ts'
import type { RequestRow } from './request-store.ts'

const keptMs = 30 * 24 * 3600 * 1000
const shownBytes = 4096
const shownUserAgent = 200

/** Query values that say nothing about a person. */
const plainValues = new Set(['limit', 'cursor', 'sort'])

/** Path and query of a call; of most query values only that they were given. */
export function shownPath(originalUrl: string): string {
  const [path = '', query] = originalUrl.split('?', 2)
  if (!query) return path
  const shown = query.split('&').map((pair) => {
    const [name = '', value] = pair.split('=', 2)
    return value === undefined || plainValues.has(name) ? pair : `${name}=…`
  })
  return `${path}?${shown.join('&')}`
}

/** The record of a call that ended; what it shows of a person is an id and a network. */
export function recordOf(call: EndedCall, tenantId: string, now: number): RequestRow {
  const { req, ctx, code, detail, errors, status } = call
  const at = new Date(now)
  const isTest = ctx?.mode === 'test'
  return {
    _id: newId('rec', now),
    tenantId,
    requestId: call.requestId,
    operation: call.operation,
    method: req.method,
    path: shownPath(req.originalUrl),
    status,
    code,
    problem: code === null ? null : { code, detail: detail ?? '', errors: [...errors] },
    durationMs: Math.round(call.durationMs * 100) / 100,
    credential: ctx ? credentialOf(ctx.principal) : { kind: 'system', id: 'public' },
    version: versionOf(call) || null,
    userAgent: redactText(req.get('user-agent') ?? '').slice(0, shownUserAgent),
    network: networkOf(ctx?.remoteAddress ?? '', { ipv4: 24, ipv6: 48 }),
    count: 1,
    requestBody: isTest ? shownBody(req.body) : null,
    responseBody: isTest ? shownAnswer(req.res?.locals['answer']) : null,
    createdAt: at,
    expiresAt: new Date(now + keptMs),
  }
}

function shownBody(body: unknown): string | null {
  if (body === undefined || Buffer.isBuffer(body)) return null
  return cut(JSON.stringify(redact(body)))
}

function shownAnswer(answer: unknown): string | null {
  if (typeof answer !== 'string') return null
  try {
    return cut(JSON.stringify(redact(JSON.parse(answer))))
  } catch {
    // Not every answer is JSON.
    return cut(redactText(answer))
  }
}

function cut(text: string): string {
  const bytes = Buffer.from(text)
  return bytes.length <= shownBytes ? text : `${bytes.subarray(0, shownBytes).toString('utf8')}…`
}
