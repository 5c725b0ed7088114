import { AppError } from '../../../shared/errors.ts'
import { isReachable, literalAddress, type Network } from './address.ts'

export interface UrlPolicySettings {
  readonly allowPrivateNetworks: boolean
  /** Origin and path prefix of addresses that may lie on a private network although others may not. */
  readonly allowedPrivateUrlPrefixes: readonly string[]
}

export interface Target {
  readonly url: URL
  readonly network: Network
}

export interface UrlPolicy {
  /** Refuses by the text of the address alone; resolves and contacts nothing. */
  check(text: string, purpose: string): Target
}

const localNames =
  /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|localdomain|home\.arpa)$/

export function createUrlPolicy(settings: UrlPolicySettings): UrlPolicy {
  const prefixes = settings.allowedPrivateUrlPrefixes.map((prefix) => new URL(prefix))

  function networkOf(url: URL): Network {
    return settings.allowPrivateNetworks || prefixes.some((prefix) => isBelow(url, prefix))
      ? 'private'
      : 'public'
  }

  return {
    check(text, purpose) {
      const refuse = (reason: string): never => {
        throw new AppError('url_not_allowed', `${purpose}: ${reason}`)
      }
      if (!URL.canParse(text)) return refuse('this is not a web address; write https://host/path')
      const url = new URL(text)
      if (!/^https?:$/.test(url.protocol)) return refuse('only web addresses (https) are allowed')
      if (url.username !== '' || url.password !== '') {
        return refuse('write the address without user name and password')
      }
      if (url.hostname.endsWith('.')) return refuse('write the host name without a final dot')
      const network = networkOf(url)
      const reason = network === 'public' ? publicRefusal(url) : privateRefusal(url)
      return reason === null ? { url, network } : refuse(reason)
    },
  }
}

function publicRefusal(url: URL): string | null {
  if (url.protocol !== 'https:') return 'only https is allowed here'
  if (url.port !== '') return 'only port 443 is allowed here'
  const address = literalAddress(url.hostname)
  if (address !== null) {
    return isReachable(address, 'public') ? null : 'this address is not on the public internet'
  }
  if (!url.hostname.includes('.') || localNames.test(url.hostname)) {
    return 'this host name belongs to a private network'
  }
  return null
}

function privateRefusal(url: URL): string | null {
  const address = literalAddress(url.hostname)
  if (address === null || isReachable(address, 'private')) return null
  return 'this address (link-local, multicast or of another protocol) can never be reached'
}

function isBelow(url: URL, prefix: URL): boolean {
  if (url.origin !== prefix.origin) return false
  // An encoded slash is one segment here and may be two to the server that is asked.
  if (/%2f|%5c/i.test(url.pathname)) return false
  const folder = prefix.pathname.endsWith('/') ? prefix.pathname : `${prefix.pathname}/`
  return url.pathname === prefix.pathname || url.pathname.startsWith(folder)
}
