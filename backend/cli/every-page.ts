import type { ListQuery, Page } from '../../shared/api/contract.ts'

/** All rows of a list that is read page by page. */
export async function everyPage<T>(read: (query: ListQuery) => Promise<Page<T>>): Promise<T[]> {
  const rows: T[] = []
  let cursor: string | undefined
  do {
    const page = await read({ limit: 200, ...(cursor === undefined ? {} : { cursor }) })
    rows.push(...page.data)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return rows
}
