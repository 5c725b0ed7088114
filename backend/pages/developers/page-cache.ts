import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Request, Response } from 'express'

interface Kept {
  readonly type: string
  readonly plain: Buffer
  readonly packed: Buffer
  readonly tag: string
}

/** Pages that stay the same until the process ends: rendered and packed once, asked for by `ETag` after. */
export function createPageCache() {
  const kept = new Map<string, Kept>()
  return {
    /** Answers the page of this name; `render` is called the first time only. */
    send(req: Request, res: Response, name: string, type: string, render: () => string): void {
      let page = kept.get(name)
      if (!page) {
        page = keep(type, render())
        kept.set(name, page)
      }
      const isPacked = req.acceptsEncodings('gzip') === 'gzip'
      // Each form has a tag of its own: they are different bytes.
      const etag = `"${page.tag}${isPacked ? '-gz' : ''}"`
      res.setHeader('etag', etag)
      res.setHeader('vary', 'accept-encoding')
      res.setHeader('cache-control', 'public, no-cache')
      if (namesTag(req.get('if-none-match'), etag)) {
        res.status(304).end()
        return
      }
      if (isPacked) res.setHeader('content-encoding', 'gzip')
      res.type(page.type).send(isPacked ? page.packed : page.plain)
    },
  }
}

/** RFC 9110 §13.1.2, compared weakly; a reload that names its tag is answered by it as well. */
function namesTag(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

function keep(type: string, text: string): Kept {
  const plain = Buffer.from(text)
  return {
    type,
    plain,
    packed: gzipSync(plain, { level: 9 }),
    tag: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
  }
}
