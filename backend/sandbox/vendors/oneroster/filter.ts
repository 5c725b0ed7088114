import type { OneRosterRow } from './collections.ts'

type Test = (row: OneRosterRow) => boolean

/** What a filter or a sort names and no row has. */
export class UnknownField extends Error {
  override readonly name = 'UnknownField'
}

const predicate = /^\s*([\w.]+)\s*(!=|>=|<=|=|>|<|~)\s*'([^']*)'\s*$/

/** OneRoster 1.2 filter: one or two comparisons, joined by AND or OR. */
export function parseFilter(text: string): Test {
  const parts = text.split(/ (AND|OR) /)
  const [left, joint, right] = parts
  if (parts.length > 3 || left === undefined) throw new UnknownField(text)
  const first = comparison(left)
  if (joint === undefined || right === undefined) return first
  const second = comparison(right)
  return joint === 'AND' ? (row) => first(row) && second(row) : (row) => first(row) || second(row)
}

function comparison(text: string): Test {
  const [, field, operator, value] = predicate.exec(text) ?? []
  if (field === undefined || value === undefined) throw new UnknownField(text)
  return (row) => compare(valuesAt(row, field), operator, value)
}

function compare(found: readonly string[], operator: string | undefined, value: string): boolean {
  if (operator === '!=') return found.every((one) => one !== value)
  return found.some((one) => {
    const order = compareValues(one, value)
    if (operator === '=') return one === value
    if (operator === '~') return one.toLowerCase().includes(value.toLowerCase())
    if (operator === '>') return order > 0
    if (operator === '>=') return order >= 0
    return operator === '<' ? order < 0 : order <= 0
  })
}

/** Times are compared as times: clients write them with or without a fraction. */
function compareValues(a: string, b: string): number {
  const [left, right] = [Date.parse(a), Date.parse(b)]
  if (/^\d{4}-/.test(a) && !Number.isNaN(left) && !Number.isNaN(right)) return left - right
  return a < b ? -1 : Number(a > b)
}

/** The values at a dotted path; a list has several. */
export function valuesAt(row: unknown, path: string): string[] {
  let found: unknown[] = [row]
  for (const name of path.split('.')) {
    found = found.flatMap((one) =>
      typeof one === 'object' && one !== null && Object.hasOwn(one, name)
        ? // Only own members were let in.
          [(one as Record<string, unknown>)[name]].flat()
        : [],
    )
  }
  return found.map(String)
}
