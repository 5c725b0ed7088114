import { ConnectorError } from './connector-error.ts'
import type { ConnectorBase, QueryValues } from './definition.ts'

export interface Target {
  readonly url: string
  readonly host: string
  readonly path: string
  /** Whether the base's headers go along: only to the base address itself. */
  readonly isBase: boolean
}

/** The whole address of a path; refuses everything outside the base addresses. */
export function targetOf(base: ConnectorBase, path: string, query: QueryValues = {}): Target {
  const home = baseAddress(base.url)
  const url = URL.canParse(path) ? new URL(path) : new URL(joined(home, path))
  const isBase = liesIn(url, home)
  const known = isBase || (base.alsoAt ?? []).some((address) => liesIn(url, baseAddress(address)))
  if (!known || url.username !== '' || url.password !== '') {
    throw new ConnectorError(
      'reject',
      `${url.host} is not the address of this connection, so nothing was sent there.`,
      { code: 'refused_address' },
    )
  }
  const all = { ...(isBase ? base.query : {}), ...query }
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  url.hash = ''
  return { url: url.href, host: url.host, path: url.pathname, isBase }
}

function baseAddress(text: string): URL {
  if (!URL.canParse(text)) {
    throw new ConnectorError('reject', 'The address of the connection is not a web address.', {
      code: 'invalid_settings',
    })
  }
  return new URL(text)
}

function joined(base: URL, path: string): string {
  const start = `${base.origin}${base.pathname.replace(/\/$/, '')}`
  return path === '' ? start || base.href : `${start}/${path.replace(/^\//, '')}`
}

function liesIn(url: URL, base: URL): boolean {
  const folder = base.pathname.replace(/\/$/, '')
  return (
    url.origin === base.origin && (url.pathname === folder || url.pathname.startsWith(`${folder}/`))
  )
}
