const loopback = new Set(['localhost', '127.0.0.1'])

export const defaultServer = 'http://localhost:3000'

/** The origin a person meant, or undefined: `https` may be left out; plain `http` is for this computer only. */
export function readServerAddress(typed: string): string | undefined {
  const text = typed.trim()
  if (text === '') return undefined
  const url = parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : withScheme(text))
  if (!url || url.username || url.password || !url.hostname) return undefined
  if (url.protocol === 'https:') return url.origin
  return url.protocol === 'http:' && loopback.has(url.hostname) ? url.origin : undefined
}

/** The host permission that lets the extension call this origin. */
export function permissionPattern(origin: string): string {
  const { protocol, hostname } = new URL(origin)
  // Firefox match patterns know no port.
  return `${protocol}//${hostname}/*`
}

function withScheme(text: string): string {
  const host = text.split(/[:/]/)[0]?.toLowerCase() ?? ''
  return loopback.has(host) ? `http://${text}` : `https://${text}`
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}
