import { stringifySetCookie } from 'cookie'
import type { Settings } from '../../core/settings.ts'
import { deviceMaxAgeSeconds } from './throttle.ts'

type Cookies = Readonly<Record<string, string | undefined>>
type Kind = 'session' | 'device'

function isHttps({ publicUrl }: Settings): boolean {
  return publicUrl.startsWith('https:')
}

/** `__Host-` binds a cookie to this host and to https, so plain http does without it. */
function cookieName(kind: Kind, settings: Settings): string {
  return `${isHttps(settings) ? '__Host-' : ''}edp_${kind}`
}

/** A token of 256 bits from the cookies, or nothing. */
export function readToken(kind: Kind, cookies: Cookies, settings: Settings): string | undefined {
  const value = cookies[cookieName(kind, settings)]
  return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined
}

function setCookie(kind: Kind, value: string, settings: Settings, maxAge?: number): string {
  return stringifySetCookie({
    name: cookieName(kind, settings),
    value,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(settings),
    ...(maxAge === undefined ? {} : { maxAge }),
  })
}

/** No `Max-Age`: on a shared computer the session ends with the browser at the latest. */
export function sessionCookie(token: string, settings: Settings): string {
  return setCookie('session', token, settings)
}

export function clearedSessionCookie(settings: Settings): string {
  return setCookie('session', '', settings, 0)
}

/** Tells a browser that signed in before from a guesser; it opens nothing. */
export function deviceCookie(token: string, settings: Settings): string {
  return setCookie('device', token, settings, deviceMaxAgeSeconds)
}
