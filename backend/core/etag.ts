import { createHash } from 'node:crypto'
import { AppError } from '../../shared/errors.ts'

/** Strong entity tag of an API object, whatever the order of its members (RFC 9110 §8.8.3). */
export function etagOf(object: object): string {
  const text = JSON.stringify(object, sortMembers)
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
}

function sortMembers(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Refuses a write whose `If-Match` names another version than the object has now (RFC 9110 §13.1.1). */
export function assertIfMatch(ifMatch: string | undefined, current: object): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  const wanted = ifMatch.split(',').map((tag) => tag.trim())
  if (!wanted.includes(etagOf(current))) {
    throw new AppError(
      'precondition_failed',
      'It was changed since you read it; read it again and repeat the change',
    )
  }
}
