import { describe, expect, it } from 'vitest'
import type { AppError } from '../../../shared/errors.ts'
import { assertNotForged } from './csrf.ts'

const publicUrl = 'https://connect.example'
const token = 'a'.repeat(43)

function check(method: string, headers: Record<string, string>): string {
  try {
    assertNotForged({ method, header: (name) => headers[name] }, token, publicUrl)
    return 'accepted'
  } catch (error) {
    return (error as AppError).code
  }
}

const ours = { origin: publicUrl, 'sec-fetch-site': 'same-origin', 'x-edpsych-csrf': token }

describe('forged requests', () => {
  it.each([
    ['a page of ours', 'POST', ours, 'accepted'],
    ['an old browser with the token alone', 'DELETE', { 'x-edpsych-csrf': token }, 'accepted'],
    [
      'reading',
      'GET',
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      'accepted',
    ],
    ['no token', 'POST', { ...ours, 'x-edpsych-csrf': '' }, 'csrf_failed'],
    ['another token', 'PATCH', { ...ours, 'x-edpsych-csrf': 'b'.repeat(43) }, 'csrf_failed'],
    ['a shorter token', 'PATCH', { ...ours, 'x-edpsych-csrf': 'a' }, 'csrf_failed'],
    ['another origin', 'POST', { ...ours, origin: 'https://evil.example' }, 'csrf_failed'],
    ['a sandboxed frame', 'POST', { ...ours, origin: 'null' }, 'csrf_failed'],
    ['a subdomain', 'POST', { ...ours, 'sec-fetch-site': 'same-site' }, 'csrf_failed'],
    ['another site', 'POST', { ...ours, 'sec-fetch-site': 'cross-site' }, 'csrf_failed'],
  ])('%s: %s %j is %s', (_name, method, headers, outcome) => {
    expect(check(method, headers)).toBe(outcome)
  })
})
