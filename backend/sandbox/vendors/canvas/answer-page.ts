import type { Request, Response } from 'express'
import type { Vendor } from '../vendor.ts'

/** Canvas pages by opaque bookmarks that are only ever found in the `Link` header. */
export function answerPage<T>(
  vendor: Vendor,
  req: Request,
  res: Response,
  rows: readonly T[],
  describe: (row: T) => object,
): void {
  const query = new URLSearchParams(req.originalUrl.split('?')[1])
  const perPage = Math.min(100, Math.max(1, Number(query.get('per_page') ?? 10) || 10))
  const start = startOf(query.get('page'), perPage)
  const path = req.originalUrl.split('?')[0]?.replace(new URL(vendor.baseUrl).pathname, '')
  const link = (at: number, rel: string): string => {
    const parameters = new URLSearchParams(query)
    parameters.set('page', at === 0 ? 'first' : bookmark(at))
    parameters.set('per_page', String(perPage))
    return `<${vendor.baseUrl}${path}?${parameters}>; rel="${rel}"`
  }
  res.set(
    'Link',
    [
      link(start, 'current'),
      ...(start + perPage < rows.length ? [link(start + perPage, 'next')] : []),
      link(0, 'first'),
    ].join(','),
  )
  res.json(rows.slice(start, start + perPage).map(describe))
}

const bookmark = (start: number): string =>
  `bookmark:${Buffer.from(JSON.stringify([start])).toString('base64url')}`

function startOf(page: string | null, perPage: number): number {
  if (page === null || page === 'first') return 0
  if (/^\d+$/.test(page)) return (Number(page) - 1) * perPage
  const encoded = page.replace(/^bookmark:/, '')
  const [start] = JSON.parse(Buffer.from(encoded, 'base64url').toString())
  return Number(start)
}
