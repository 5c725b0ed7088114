import type { ListQuery, Page } from '../../shared/api/contract.ts'
import { AppError } from '../../shared/errors.ts'

/** Filter fragment that continues after a cursor; ids sort by age, so newest first is `_id` descending. */
export function afterCursor(
  { cursor }: Pick<ListQuery, 'cursor'>,
  order: 'newest' | 'oldest' = 'newest',
): { _id?: { $lt: string } | { $gt: string } } {
  if (cursor === undefined) return {}
  const id = Buffer.from(cursor, 'base64url').toString('utf8')
  if (!/^[a-z]+_[0-9a-z]{10,40}$/.test(id)) {
    throw new AppError(
      'invalid_cursor',
      'The cursor is not one this API gave out; start again without it',
    )
  }
  return { _id: order === 'newest' ? { $lt: id } : { $gt: id } }
}

/** A page from `limit + 1` rows: the extra row only shows that there is more. */
export function toPage<Row extends { _id: string }, Shown>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => Shown,
): Page<Shown> {
  const shown = rows.slice(0, limit)
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    data: shown.map(show),
    nextCursor: last ? Buffer.from(last._id, 'utf8').toString('base64url') : null,
  }
}
