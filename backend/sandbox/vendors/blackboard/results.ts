import type { Request, Response } from 'express'

const usualLimit = 100
const mostAtOnce = 200

/** A list with `paging.nextPage`, a path from the root of the site, while there is more. */
export function answerResults(req: Request, res: Response, rows: readonly object[]): void {
  const query = new URLSearchParams(req.originalUrl.split('?')[1])
  const limit = Math.min(mostAtOnce, Math.max(1, Number(query.get('limit')) || usualLimit))
  const offset = Math.max(0, Number(query.get('offset')) || 0)
  const fields = query.get('fields')?.split(',').filter(Boolean)
  const results = rows
    .slice(offset, offset + limit)
    .map((row) => (fields ? pick(row, fields) : row))
  if (offset + limit >= rows.length) {
    res.json({ results })
    return
  }
  query.set('offset', String(offset + limit))
  const path = req.originalUrl.split('?')[0]?.replace(/^.*?(?=\/learn\/api\/)/, '')
  res.json({ results, paging: { nextPage: `${path}?${query}` } })
}

/** `fields=id,user.name` leaves the rest out. */
function pick(row: object, fields: readonly string[]): object {
  const all: Record<string, unknown> = { ...row }
  const picked: Record<string, unknown> = {}
  for (const name of new Set(fields.map((field) => field.split('.')[0] ?? ''))) {
    if (!(name in all)) continue
    const below = fields.filter((field) => field.startsWith(`${name}.`))
    const value = all[name]
    const isWhole = fields.includes(name) || typeof value !== 'object' || value === null
    picked[name] = isWhole
      ? value
      : pick(
          value,
          below.map((field) => field.slice(name.length + 1)),
        )
  }
  return picked
}

/** An error as Blackboard words it. */
export function refuse(res: Response, status: number, code: string, message: string): void {
  res.status(status).json({ status, code, message })
}
