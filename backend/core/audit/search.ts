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

const firstChunk = 512
const mostInChunk = 16_384
const byWord = { tenantId: 1, words: 1, seq: -1 } as const

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

/** As one list instead of a row for each: half the cost for engine and driver. */
async function numbersOf(
  tenantId: string,
  word: string,
  seq: readonly object[],
  direction: 1 | -1,
  limit?: number,
): Promise<number[]> {
  const [found] = await AuditEntryModel.aggregate<{ seq: number[] }>(
    [
      { $match: { tenantId, words: word, ...(seq.length === 0 ? {} : { $and: [...seq] }) } },
      { $sort: { seq: direction } },
      ...(limit === undefined ? [] : [{ $limit: limit }]),
      { $group: { _id: null, seq: { $push: '$seq' } } },
    ],
    { hint: byWord },
  )
  return found?.seq ?? []
}

const sampleSize = 512

/** By how densely each word stands among the first entries: counting them all would take as long as the search. */
async function rarestFirst({ tenantId, words, seq, direction }: EntrySearch): Promise<string[]> {
  if (words.length === 1) return [...words]
  const sampled = await Promise.all(
    words.map(async (word) => {
      const numbers = await numbersOf(tenantId, word, seq, direction, sampleSize)
      const span = Math.abs((numbers.at(-1) ?? 0) - (numbers[0] ?? 0)) + 1
      // Whatever there are fewer of than were asked for is rare, however close they stand.
      return {
        word,
        density: numbers.length < sampleSize ? numbers.length / 1e12 : numbers.length / span,
      }
    }),
  )
  return sampled.sort((a, b) => a.density - b.density).map(({ word }) => word)
}
