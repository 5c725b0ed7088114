import { parseCookie } from 'cookie'
import { digest } from './digest.ts'

export const loginLifeSeconds = 600

/** Whether the browser that brings a state is the one that was given it. */
export type Binding = 'proven' | 'unproven' | 'wrong'

/** Name of a login's binding in cookies and storage; each login has its own, so that two tabs do not collide. */
export function bindingKey(state: string): string {
  return `edp_lti_${digest(state)
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, 8)}`
}

/**
 * The first layer of binding: a cookie of the frame's own partition.
 * Browsers that block third-party cookies keep it; WebKit drops it, which is what the other layers are for.
 */
export function bindingCookie(publicUrl: string, key: string, secret: string): string {
  return serialise(publicUrl, key, secret, loginLifeSeconds)
}

/** Takes the cookie of a finished login away. */
export function clearBindingCookie(publicUrl: string, key: string): string {
  return serialise(publicUrl, key, '', 0)
}

/** What the cookies of the launch request say; no cookie proves nothing either way. */
export function readBinding(
  publicUrl: string,
  key: string,
  cookieHeader: string | undefined,
  bindingDigest: string,
): Binding {
  const secret = parseCookie(cookieHeader ?? '')[cookieName(publicUrl, key)]
  if (secret === undefined) return 'unproven'
  return digest(secret) === bindingDigest ? 'proven' : 'wrong'
}

/** Over https the prefix keeps other hosts of the domain from setting it (RFC 6265bis §4.1.3.2). */
export function cookieName(publicUrl: string, key: string): string {
  return isHttps(publicUrl) ? `__Host-${key}` : key
}

function serialise(publicUrl: string, key: string, value: string, maxAgeSeconds: number): string {
  const path = isHttps(publicUrl) ? '/' : '/lti'
  return `${cookieName(publicUrl, key)}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=None; Partitioned`
}

function isHttps(publicUrl: string): boolean {
  return publicUrl.startsWith('https:')
}
