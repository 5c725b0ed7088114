import { describe, expect, it } from 'vitest'
import { frameAncestorsFor, frameCookie, frameOrigins, frameSources } from './frame-ancestors.ts'

describe('the origins that may frame a launch', () => {
  it('are those of its addresses, each once', () => {
    expect(
      frameOrigins([
        'https://lms.example/',
        'https://lms.example/auth?x=1',
        'https://LMS.example:8443/a',
        'http://[::1]:8080/',
        undefined,
        null,
        'null',
        'not an address',
        'javascript:alert(1)',
        'file:///etc/passwd',
      ]),
    ).toEqual(['https://lms.example', 'https://lms.example:8443', 'http://[::1]:8080'])
  })

  it('cannot end the directive they stand in', () => {
    expect(frameOrigins(["https://a;script-src'*", 'https://a,b.example', 'https://a b'])).toEqual(
      [],
    )
  })

  it('are limited in number', () => {
    const many = Array.from({ length: 50 }, (_, index) => `https://h${index}.example`)

    expect(frameOrigins(many)).toHaveLength(10)
  })

  it('come back out of the cookie of the launch', () => {
    const cookie = frameCookie('https://tool.example', ['https://a.example', 'https://b.example'])

    expect(cookie).toMatch(/^__Host-edp_lti_frame=[\w-]+; Path=\/; /)
    const headers = { cookie: `x=1; ${cookie.split(';')[0]}` }
    expect(frameAncestorsFor({ headers }, 'https://tool.example')).toBe(
      "'self' https://a.example https://b.example",
    )
  })

  it('are all where none is known', () => {
    expect(frameSources([])).toBe('*')
    expect(frameAncestorsFor({ headers: {} }, 'https://tool.example')).toBe('*')
  })
})
