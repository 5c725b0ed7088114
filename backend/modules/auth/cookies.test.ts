import { describe, expect, it } from 'vitest'
import { clearedSessionCookie, deviceCookie, readToken, sessionCookie } from './cookies.ts'

const settings = { allowPrivateNetworks: false, trustedUrlPrefixes: [], version: '0.0.0' }
const https = { ...settings, publicUrl: 'https://connect.example' }
const http = { ...settings, publicUrl: 'http://localhost:3000' }
const token = 'A'.repeat(43)

describe('cookies', () => {
  it('are bound to host and https where there is https', () => {
    expect(sessionCookie(token, https)).toBe(
      `__Host-edp_session=${token}; Path=/; HttpOnly; Secure; SameSite=Lax`,
    )
    expect(sessionCookie(token, http)).toBe(`edp_session=${token}; Path=/; HttpOnly; SameSite=Lax`)
  })

  it('end at once when cleared, and the device one lasts half a year', () => {
    expect(clearedSessionCookie(http)).toContain('Max-Age=0')
    expect(deviceCookie(token, http)).toContain(`Max-Age=${180 * 86_400}`)
  })

  it('give a token only under the right name and in the right form', () => {
    expect(readToken('session', { edp_session: token }, http)).toBe(token)
    expect(readToken('session', { edp_session: token }, https)).toBeUndefined()
    expect(readToken('session', { '__Host-edp_session': token }, https)).toBe(token)
    expect(readToken('session', { edp_session: `${token};` }, http)).toBeUndefined()
    expect(readToken('device', {}, http)).toBeUndefined()
  })
})
