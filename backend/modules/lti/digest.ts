import { createHash, randomBytes } from 'node:crypto'

/** How states, codes and tokens are kept at rest: whoever reads the database cannot use them. */
export function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64url')
}

/** 256 random bits, safe in URLs, cookies and forms. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}
