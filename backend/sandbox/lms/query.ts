import type { Request } from 'express'

/** A query parameter that is there exactly once. */
export function queryText(req: Request, name: string): string | undefined {
  const value = req.query[name]
  return typeof value === 'string' ? value : undefined
}

/** A path parameter. */
export function pathText(req: Request, name: string): string {
  const value = req.params[name]
  return typeof value === 'string' ? value : ''
}
