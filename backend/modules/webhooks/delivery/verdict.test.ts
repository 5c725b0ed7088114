import { describe, expect, it } from 'vitest'
import { judgeAnswer } from './verdict.ts'

describe('judging a receiver’s answer', () => {
  it.each([200, 201, 202, 204, 299])('takes %i for delivered', (status) => {
    expect(judgeAnswer(status, {}, 0)).toEqual({ kind: 'delivered' })
  })

  it.each([301, 302, 307, 308])('takes the redirect %i for a failure', (status) => {
    expect(judgeAnswer(status, { location: 'http://169.254.169.254/' }, 0)).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('redirect'),
    })
  })

  it('ends deliveries on 410', () => {
    expect(judgeAnswer(410, {}, 0).kind).toBe('gone')
  })

  it('reads how long the receiver asks to wait', () => {
    expect(judgeAnswer(429, { 'retry-after': '120' }, 0)).toMatchObject({ retryAfterMs: 120_000 })
    const at = new Date(50_000).toUTCString()
    expect(judgeAnswer(503, { 'retry-after': at }, 20_000)).toMatchObject({ retryAfterMs: 30_000 })
  })
})
