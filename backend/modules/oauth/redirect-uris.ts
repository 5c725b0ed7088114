import { AppError } from '../../../shared/errors.ts'
import { createUrlPolicy } from '../../core/outgoing/url-policy.ts'
import type { Settings } from '../../core/settings.ts'

const loopbacks = new Set(['127.0.0.1', '[::1]', 'localhost'])

function refuse(pointer: string, detail: string): never {
  throw new AppError('redirect_uri_refused', detail, {
    errors: [{ pointer, code: 'redirect_uri_refused', detail }],
  })
}

/** RFC 8252 §7.3: programs on the own computer listen on a port they cannot know before. */
export function isLoopback(uri: string): boolean {
  const url = new URL(uri)
  return url.protocol === 'http:' && loopbacks.has(url.hostname)
}

/** Refuses what a browser could be sent to by mistake or by trick; the text must be as `URL` writes it. */
export function checkRedirectUri(uri: string, pointer: string, settings: Settings): string {
  if (/[\p{Cc}\s\\*]/u.test(uri) || !URL.canParse(uri)) {
    refuse(pointer, 'Write a whole address without spaces or wildcards, as https://host/path')
  }
  const url = new URL(uri)
  if (uri.includes('#')) refuse(pointer, 'An address for redirects has no fragment (#…)')
  // A pathless origin may be written without the final slash.
  if (url.href !== uri && url.href !== `${uri}/`) {
    refuse(pointer, `Write it as browsers do: ${url.href}`)
  }
  if (/%2f|%5c|%2e/i.test(url.pathname))
    refuse(pointer, 'Write slashes and dots of the path plainly')
  if (isLoopback(uri) && url.username === '' && url.password === '') return uri
  return checkWebAddress(uri, pointer, settings)
}

/** Addresses that people are shown or sent to: the rule of the installation for private networks. */
export function checkWebAddress(uri: string, pointer: string, settings: Settings): string {
  const policy = createUrlPolicy({
    allowPrivateNetworks: settings.allowPrivateNetworks,
    allowedPrivateUrlPrefixes: settings.trustedUrlPrefixes,
  })
  try {
    policy.check(uri, 'address')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    refuse(pointer, error.message)
  }
  return uri
}
