import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { type Canonical, canonicalJson } from '../audit/canonical-json.ts'

/** Equal for requests that ask for the same, whatever the order of their parameters and members. */
export function fingerprintOf(req: Pick<Request, 'method' | 'path' | 'query' | 'body'>): string {
  const hash = createHash('sha256')
  // Express parsed the query as flat strings and the body as JSON or bytes.
  hash.update(`${req.method}\n${req.path}\n${canonicalJson({ ...req.query } as Canonical)}\n`)
  const body: unknown = req.body
  if (Buffer.isBuffer(body)) hash.update('bytes\n').update(body)
  else if (body !== undefined) hash.update('json\n').update(canonicalJson(body as Canonical))
  return hash.digest('base64url')
}
