import { AuditEntryModel, type AuditRow } from './store.ts'

export interface EntrySearch {
  readonly tenantId: string
  /** An entry must have all of them; at least one. */
  readonly words: readonly string[]
  /** Conditions on `seq`: where the page begins, and between which numbers. */
  readonly seq: readonly object[]
  readonly direction: 1 | -1
  /** What an entry must also be, looked at entry by entry. */
  readonly also: object
}

const firstChunk = 256
const mostInChunk = 8192
const byWord = { tenantId: 1, words: 1, seq: -1 } as const
const seqOnly = { seq: 1, _id: 0 } as const

/**
 * The first entries that have all words, in order. The words are met in the index alone: entries that have
 * only some of them are never read, however many there are.
 */
export async function searchEntries(
  search: EntrySearch,
  limit: number,
  projection: object,
): Promise<AuditRow[]> {
  const { tenantId, also, direction } = search
  const found: AuditRow[] = []
  for await (const numbers of numbersWithAll(search)) {
    if (numbers.length === 0) continue
    const filter = { tenantId, seq: { $in: numbers }, ...also }
    const rows = await AuditEntryModel.find(filter, projection, {
      sort: { seq: direction },
      limit: limit - found.length,
      hint: { tenantId: 1, seq: 1 },
    }).lean<AuditRow[]>()
    found.push(...rows)
    if (found.length >= limit) return found
  }
  return found
}

/** How many entries have all words, counted up to `most`. */
export async function countEntries(search: EntrySearch, most: number): Promise<number> {
  const { tenantId, also } = search
  const isExact = Object.keys(also).length === 0
  let counted = 0
  for await (const numbers of numbersWithAll(search)) {
    if (isExact) counted += numbers.length
    else {
      const filter = { tenantId, seq: { $in: numbers }, ...also }
      counted += await AuditEntryModel.countDocuments(filter, { hint: { tenantId: 1, seq: 1 } })
    }
    if (counted >= most) return most
  }
  return counted
}

/** Numbers of entries with all words, chunk by chunk; the chunks grow, as much is looked through for little. */
async function* numbersWithAll(search: EntrySearch): AsyncGenerator<number[]> {
  const { tenantId, direction } = search
  const [rarest = '', ...others] = await rarestFirst(search)
  let size = firstChunk
  let after: object[] = []
  for (;;) {
    let numbers = await numbersOf(tenantId, rarest, [...search.seq, ...after], direction, size)
    const last = numbers.at(-1)
    const isEnd = numbers.length < size
    for (const word of others) {
      if (numbers.length === 0) break
      numbers = await numbersOf(tenantId, word, [{ seq: { $in: numbers } }], direction)
    }
    yield numbers
    if (isEnd || last === undefined) return
    after = [{ seq: direction === 1 ? { $gt: last } : { $lt: last } }]
    size = Math.min(size * 2, mostInChunk)
  }
}

async function numbersOf(
  tenantId: string,
  word: string,
  seq: readonly object[],
  direction: 1 | -1,
  limit?: number,
): Promise<number[]> {
  const rows = await AuditEntryModel.find(
    { tenantId, words: word, ...(seq.length === 0 ? {} : { $and: [...seq] }) },
    seqOnly,
    { sort: { seq: direction }, hint: byWord, ...(limit === undefined ? {} : { limit }) },
  ).lean<{ seq: number }[]>()
  return rows.map((row) => row.seq)
}

const mostCounted = 10_000

async function rarestFirst({ tenantId, words, seq }: EntrySearch): Promise<string[]> {
  if (words.length === 1) return [...words]
  const counted = await Promise.all(
    words.map(async (word) => ({
      word,
      count: await AuditEntryModel.countDocuments(
        { tenantId, words: word, ...(seq.length === 0 ? {} : { $and: [...seq] }) },
        { limit: mostCounted, hint: byWord },
      ),
    })),
  )
  return counted.sort((a, b) => a.count - b.count).map(({ word }) => word)
}
