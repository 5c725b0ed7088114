import { UnsecuredJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createRequestLog, redact } from './request-log.ts'

describe('the request log', () => {
  it('keeps the newest hundred, newest first', () => {
    const log = createRequestLog()

    for (let at = 1; at <= 120; at++) {
      log.add({ at, step: 's', from: 'tool', method: 'GET', url: '', status: 200, details: {} })
    }

    const times = log.list().map(({ at }) => at)
    expect(times).toHaveLength(100)
    expect([times[0], times[99]]).toEqual([120, 21])
  })

  it('shows tokens as their claims and hides what is none', () => {
    const JWT = new UnsecuredJWT({ sub: '11' }).encode()

    const shown = redact({ JWT, client_assertion: 'my secret', access_token: 't', state: 'abc' })

    expect(shown).toMatchObject({
      JWT: { claims: { sub: '11' }, signature: '…' },
      client_assertion: 'not a JWT (9 characters)',
      access_token: '…',
      state: 'abc',
    })
  })
})
