import { createHmac } from 'node:crypto'

/**
 * Names of choices for one attempt: the author's own identifiers can give answers away
 * (`correct`, `A_right`), so learners get names that say nothing and differ per attempt.
 */
export function choiceIds(
  salt: string,
): (responseIdentifier: string, identifier: string) => string {
  return (responseIdentifier, identifier) =>
    `c${createHmac('sha256', salt)
      .update(`${responseIdentifier}\n${identifier}`)
      .digest('base64url')
      .replace(/[^A-Za-z0-9]/g, '')
      .slice(0, 12)}`
}

/** A repeatable order of `count` things for one attempt and one interaction: sorted by keyed hash. */
export function orderFor(salt: string): (responseIdentifier: string, count: number) => number[] {
  return (responseIdentifier, count) =>
    Array.from({ length: count }, (_, index) => ({
      index,
      rank: createHmac('sha256', salt).update(`${responseIdentifier}\n#${index}`).digest('hex'),
    }))
      .sort((a, b) => a.rank.localeCompare(b.rank))
      .map(({ index }) => index)
}
