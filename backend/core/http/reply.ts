import type { Request, Response } from 'express'
import type { Route } from '../../../shared/api/contract.ts'
import { etagOf } from '../etag.ts'
import type { Reply } from './definition.ts'

/** What a handler's answer becomes on the wire. */
export function toReply(req: Request, route: Route, answer: unknown, publicUrl: string): Reply {
  if (!route.response || route.status === 204) {
    return { status: route.status ?? 204, headers: {}, text: null }
  }
  if (route.contentType) {
    // Such a route answers text.
    const text = answer as string
    return { status: route.status ?? 200, headers: { 'content-type': route.contentType }, text }
  }
  const link = nextLink(req, answer, publicUrl)
  return {
    status: route.status ?? 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(link ? { link } : {}),
      ...(isObject(answer) ? { etag: etagOf(answer) } : {}),
    },
    text: JSON.stringify(answer),
  }
}

export function sendReply(req: Request, res: Response, { status, headers, text }: Reply): void {
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined) continue
    // A deprecated operation has links already.
    if (name === 'link') res.append(name, value)
    else res.setHeader(name, value)
  }
  res.setHeader('cache-control', 'private, no-store')
  if ((req.method === 'GET' || req.method === 'HEAD') && isKnown(req, headers['etag'])) {
    res.status(304).end()
    return
  }
  // For those who keep a record of calls.
  res.locals['answer'] = text
  res.statusCode = status
  if (text === null) res.end()
  else res.end(text)
}

/** `If-None-Match` compares weakly (RFC 9110 §13.1.2). */
function isKnown(req: Request, etag: string | undefined): boolean {
  const known = req.headers['if-none-match']
  if (etag === undefined || known === undefined) return false
  if (known === etag || known === '*') return true
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null && 'id' in body && 'updatedAt' in body
}

/** RFC 8288: the next page of a list. */
function nextLink(req: Request, body: unknown, publicUrl: string): string | undefined {
  const cursor = (body as { nextCursor?: unknown } | null)?.nextCursor
  if (typeof cursor !== 'string') return undefined
  const url = new URL(req.originalUrl, publicUrl)
  url.searchParams.set('cursor', cursor)
  return `<${url.href}>; rel="next"`
}
