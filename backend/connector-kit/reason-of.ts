import type { z } from 'zod'

/** What is wrong at the place of an issue, in words that need no knowledge of schemas. */
export function reasonOf(data: unknown, issue: z.core.$ZodIssue): string {
  if (valueAt(data, issue.path) === undefined) return 'is missing'
  if (issue.code === 'custom') return issue.message
  return `is not as expected (${issue.message})`
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}
