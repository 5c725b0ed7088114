import { AppError } from '../../../shared/errors.ts'

const longest = 255

/** The key of an `Idempotency-Key` header: a structured-field string (draft-07 §2.1) or, as is common, the bare token. */
export function readIdempotencyKey(header: string): string {
  const key = header.startsWith('"') ? unquote(header) : bare(header)
  if (key !== null && key.length > 0 && key.length <= longest) return key
  throw new AppError(
    'idempotency_key_invalid',
    `Send one Idempotency-Key of 1 to ${longest} visible ASCII characters, for example a UUID`,
  )
}

/** RFC 8941 §3.3.3; a space is no help in a key. */
function unquote(header: string): string | null {
  const inner = /^"((?:[!#-[\]-~]|\\["\\])*)"$/.exec(header)?.[1]
  return inner === undefined ? null : inner.replace(/\\(["\\])/g, '$1')
}

/** Without quotes, commas and semicolons: a list or a parameter is not one key. */
function bare(header: string): string | null {
  return /^[!#-+\--:<-[\]-~]+$/.test(header) ? header : null
}
