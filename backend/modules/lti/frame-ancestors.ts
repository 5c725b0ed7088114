import { parseCookie } from 'cookie'
import { cookieName } from './binding.ts'

const cookieKey = 'edp_lti_frame'
const lifeSeconds = 300
const mostOrigins = 10

/** Origins under which a platform may show this tool: its own, its sign-in's, and those its message mentions. */
export function frameOrigins(addresses: readonly (string | null | undefined)[]): string[] {
  const origins = new Set<string>()
  for (const address of addresses) {
    const origin = originOf(address)
    if (origin !== null) origins.add(origin)
  }
  return [...origins].slice(0, mostOrigins)
}

/** The http(s) origin of an address; null for `null`, text and other schemes. */
export function originOf(address: string | null | undefined): string | null {
  if (typeof address !== 'string' || !URL.canParse(address)) return null
  const { origin } = new URL(address)
  // A host may hold characters that would end a directive of the policy this becomes part of.
  return /^https?:\/\/[a-z0-9.:[\]-]+$/.test(origin) ? origin : null
}

/** The source list of a `frame-ancestors` directive; anyone where no platform is known. */
export function frameSources(origins: readonly string[]): string {
  return origins.length === 0 ? '*' : ["'self'", ...origins].join(' ')
}

/** Tells the page that a launch leads to who may frame it; the code itself is where no server sees it. */
export function frameCookie(publicUrl: string, origins: readonly string[]): string {
  const isHttps = publicUrl.startsWith('https:')
  const value = Buffer.from(origins.join(' ')).toString('base64url')
  return `${cookieName(publicUrl, cookieKey)}=${value}; Path=${isHttps ? '/' : '/lti'}; Max-Age=${lifeSeconds}; HttpOnly; Secure; SameSite=None; Partitioned`
}

/** Sources for the `frame-ancestors` of `/lti/app`; anyone where the cookie did not survive. */
export function frameAncestorsFor(
  request: { readonly headers: { readonly cookie?: string | undefined } },
  publicUrl: string,
): string {
  const value = parseCookie(request.headers.cookie ?? '')[cookieName(publicUrl, cookieKey)]
  if (value === undefined) return '*'
  const addresses = Buffer.from(value, 'base64url').toString('utf8').split(' ')
  return frameSources(frameOrigins(addresses))
}
