import { createHash } from 'node:crypto'
import type { RequestHandler } from 'express'
import { onDemand } from '../on-demand.ts'
import type { Json } from './json.ts'

/** Answers the document: written once, the same for everybody, readable from any site. */
export function answerOpenApi(document: () => Json): RequestHandler {
  const written = onDemand(() => {
    const text = JSON.stringify(document())
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
    return { text, etag }
  })
  return (req, res) => {
    const { text, etag } = written()
    res.setHeader('access-control-allow-origin', '*')
    res.setHeader('access-control-expose-headers', 'etag, x-request-id')
    res.setHeader('cache-control', 'public, max-age=300')
    res.setHeader('etag', etag)
    if (req.headers['if-none-match'] === etag) {
      res.status(304).end()
      return
    }
    res.type('application/json').send(text)
  }
}
