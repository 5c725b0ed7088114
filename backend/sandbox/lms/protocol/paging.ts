import type { Request, Response } from 'express'
import type { Lms } from '../lms.ts'
import { queryText } from '../query.ts'

const largestPage = 200

/** One page of a service's answer; sets `Link: …; rel="next"` when there is more. */
export function page<T>(lms: Lms, req: Request, res: Response, all: readonly T[]): T[] {
  const limit = Math.min(count(req, 'limit') || lms.state.settings.pageSize, largestPage)
  const from = count(req, 'from')
  if (from + limit < all.length) {
    const next = new URL(`${lms.baseUrl}${req.path}`)
    for (const name of Object.keys(req.query))
      next.searchParams.set(name, queryText(req, name) ?? '')
    next.searchParams.set('limit', String(limit))
    next.searchParams.set('from', String(from + limit))
    res.set('Link', `<${next.href}>; rel="next"`)
  }
  return all.slice(from, from + limit)
}

function count(req: Request, name: string): number {
  const value = Number(queryText(req, name))
  return Number.isSafeInteger(value) && value > 0 ? value : 0
}
