import { createHash } from 'node:crypto'
import { AppError } from '../../shared/errors.ts'

/** Strong entity tag of an API object: equal bytes, equal tag (RFC 9110 §8.8.3). */
export function etagOf(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
}

/** Refuses a write whose `If-Match` names another version than the object has now (RFC 9110 §13.1.1). */
export function assertIfMatch(ifMatch: string | undefined, current: object): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  const wanted = ifMatch.split(',').map((tag) => tag.trim())
  if (!wanted.includes(etagOf(JSON.stringify(current)))) {
    throw new AppError(
      'precondition_failed',
      'It was changed since you read it; read it again and repeat the change',
    )
  }
}
