import type { AuditContent } from './chain.ts'

const mostWords = 60
const shortest = 2

/** The words of a text as the search knows them: lower case, letters and digits. */
export function wordsIn(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter(
    (word) => word.length >= shortest,
  )
}

/** What an entry is found by: the words of everything it says, and its identifiers as they are. */
export function wordsOf(entry: Omit<AuditContent, 'seq'>): string[] {
  const { action, actor, target, fields, purpose, result, detail, requestId, changes } = entry
  const texts = [action, actor.kind, target?.type, ...fields, purpose, result, detail]
  for (const { field, before, after } of changes ?? []) texts.push(field, before, after)
  const words = texts.flatMap((text) => (text ? wordsIn(text) : []))
  const whole = [action, actor.id, target?.id, requestId, ...fields, detail].flatMap((text) =>
    text ? [text.toLowerCase()] : [],
  )
  return [...new Set([...whole, ...words])].slice(0, mostWords)
}

/** What somebody typed, as words that an entry must all have. */
export function wordsAsked(query: string): string[] {
  const parts = query.toLowerCase().split(/\s+/).filter(Boolean)
  // An identifier or an action is found whole; anything else by its words.
  return [
    ...new Set(parts.flatMap((part) => (/^[a-z0-9]+[._:-]/.test(part) ? [part] : wordsIn(part)))),
  ]
}
