import type { Request } from 'express'
import { someMissing } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { invalid } from './google-error.ts'

const usual = 30
const most = 100

/** One page of a list; tokens are good for the list that gave them alone. */
export function pageOf<T>(
  vendor: Vendor,
  req: Request,
  rows: readonly T[],
): { readonly rows: readonly T[]; readonly nextPageToken?: string } {
  const { pageSize, pageToken } = req.query
  const asked = pageSize === undefined ? 0 : Number(pageSize)
  if (!Number.isInteger(asked) || asked < 0) throw invalid('Page size must be non-negative.')
  const size = Math.min(asked || usual, most)
  const at = pageToken === undefined ? 0 : offsetOf(String(pageToken), req.path)
  const all = someMissing(rows, vendor.state.dials.missingRowsPercent)
  const next = at + size
  return {
    rows: all.slice(at, next),
    ...(next < all.length && { nextPageToken: tokenOf(next, req.path) }),
  }
}

const tokenOf = (offset: number, path: string): string =>
  Buffer.from(`${offset} ${path}`).toString('base64url')

function offsetOf(token: string, path: string): number {
  const [offset = '', list] = Buffer.from(token, 'base64url').toString().split(' ')
  if (!/^\d{1,9}$/.test(offset) || list !== path) throw invalid('Invalid page token.')
  return Number(offset)
}
