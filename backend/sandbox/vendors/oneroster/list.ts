import type { Request, Response } from 'express'
import { someMissing } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { collections, type OneRosterRow, rowsOf } from './collections.ts'
import { parseFilter, UnknownField, valuesAt } from './filter.ts'
import { imsError } from './ims-error.ts'

const most = 10_000

/** A collection: limit, offset, sort, orderBy, filter and fields; X-Total-Count and Link. */
export function answerList(vendor: Vendor, name: string, req: Request, res: Response): void {
  const query = new URLSearchParams(req.originalUrl.split('?')[1])
  const limit = Number(query.get('limit') ?? 100)
  const offset = Number(query.get('offset') ?? 0)
  if (!Number.isInteger(limit) || limit < 1 || !Number.isInteger(offset) || offset < 0) {
    res.status(422).json(imsError('invaliddata', 'limit and offset are whole numbers.'))
    return
  }
  const rows = rowsOf(vendor, name)
  const filter = query.get('filter')
  let matching: readonly OneRosterRow[]
  try {
    matching = filter === null ? rows : rows.filter(parseFilter(filter))
  } catch (error) {
    if (!(error instanceof UnknownField)) throw error
    res.status(400).json(imsError('invalid_filter_field', 'The filter is not understood.'))
    return
  }
  const fields = query.get('fields')?.split(',')
  if (fields && rows[0] && !fields.every((field) => rows.some((row) => field in row))) {
    res.status(400).json(imsError('invalid_selection_field', 'A field is not known.'))
    return
  }
  const sorted = sortRows(matching, query.get('sort'), query.get('orderBy'))
  const size = Math.min(limit, most)
  const page = sorted.slice(offset, offset + size)
  const present = someMissing(page, vendor.state.dials.missingRowsPercent)
  res.set('X-Total-Count', String(sorted.length))
  res.set('Link', links(vendor, req, { offset, size, total: sorted.length }))
  res.json({ [name]: present.map((row) => select(row, fields)) })
}

/** One record of a collection. */
export function answerOne(vendor: Vendor, name: string, req: Request, res: Response): void {
  const wanted = String(req.params['sourcedId'])
  const row = rowsOf(vendor, name).find(({ sourcedId }) => sourcedId === wanted)
  const one = collections[name]?.one
  if (row && one) res.json({ [one]: row })
  else res.status(404).json(imsError('unknownobject', 'There is no record with this sourcedId.'))
}

function sortRows(rows: readonly OneRosterRow[], sort: string | null, orderBy: string | null) {
  if (sort === null) return rows
  const sign = orderBy === 'desc' ? -1 : 1
  const keyed = rows.map((row) => ({ row, key: valuesAt(row, sort)[0] ?? '' }))
  keyed.sort((a, b) => sign * (a.key < b.key ? -1 : Number(a.key > b.key)))
  return keyed.map(({ row }) => row)
}

function select(row: OneRosterRow, fields: readonly string[] | undefined): object {
  if (!fields) return row
  return Object.fromEntries(fields.filter((field) => field in row).map((name) => [name, row[name]]))
}

function links(
  vendor: Vendor,
  req: Request,
  { offset, size, total }: { offset: number; size: number; total: number },
): string {
  const path = req.originalUrl.replace(new URL(vendor.baseUrl).pathname, '')
  const at = (start: number, rel: string): string => {
    const url = new URL(`${vendor.baseUrl}${path}`)
    url.searchParams.set('limit', String(size))
    url.searchParams.set('offset', String(start))
    return `<${url.href}>; rel="${rel}"`
  }
  const lastStart = total === 0 ? 0 : Math.floor((total - 1) / size) * size
  return [
    ...(offset + size < total ? [at(offset + size, 'next')] : []),
    ...(offset > 0 ? [at(Math.max(0, offset - size), 'prev')] : []),
    at(0, 'first'),
    at(lastStart, 'last'),
  ].join(', ')
}
