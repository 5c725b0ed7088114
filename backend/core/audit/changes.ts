import { createHash } from 'node:crypto'
import { type Canonical, canonicalJson } from './canonical-json.ts'
import type { AuditChange } from './definition.ts'

const mostCharacters = 200
const mostChanges = 50
const email = /^([^\s@])[^\s@]*@([^\s@]+)$/

export interface ChangesOptions {
  /** Fields that hold secrets: told only whether they were set. */
  readonly secret?: readonly string[]
  /** Fields that hold personal data: told only that they changed. */
  readonly personal?: readonly string[]
}

/**
 * What differs between two states of one object, field by field, fit for the trail: secrets and personal data
 * masked, e-mail addresses shortened, long values named by their SHA-256.
 */
export function changesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  { secret = [], personal = [] }: ChangesOptions = {},
): AuditChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort((a, b) =>
    a.localeCompare(b),
  )
  const changes: AuditChange[] = []
  for (const field of names) {
    const [old, now] = [textOf(before[field]), textOf(after[field])]
    if (old === now) continue
    const show = (text: string | null) => {
      if (text === null) return null
      if (secret.includes(field)) return '(secret)'
      return personal.includes(field) ? '(personal data)' : shortened(text)
    }
    changes.push({ field, before: show(old), after: show(now) })
  }
  return changes.slice(0, mostChanges)
}

/** Null for what is not there. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  if (value instanceof Date) return value.toISOString()
  // What JSON carries, canonical, so that the order of members is no change.
  return canonicalJson(JSON.parse(JSON.stringify(value)) as Canonical)
}

function shortened(text: string): string {
  const address = email.exec(text)
  if (address) return `${address[1]}…@${address[2]}`
  if (text.length <= mostCharacters) return text
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
  return `${text.slice(0, 40)}… (${text.length} characters, sha256 ${digest})`
}
