import type { RequestHandler, Response } from 'express'

interface PageSecurity {
  /** Who may frame the page; nobody where absent. */
  readonly frameAncestors?: string
  /** Where the page's forms may go besides itself. */
  readonly formAction?: string
  readonly frameSrc?: string
  readonly imgSrc?: string
}

/** Headers of every answer that is no page. */
export function apiHeaders(options: { https: boolean }): (res: Response) => void {
  return (res) => {
    res.setHeader('x-content-type-options', 'nosniff')
    if (options.https) {
      res.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains')
    }
  }
}

/** Headers every other answer carries; pages add a policy of their own. */
export function baseHeaders(options: { https: boolean }): RequestHandler {
  return (_req, res, next) => {
    res.setHeader('x-content-type-options', 'nosniff')
    res.setHeader('referrer-policy', 'strict-origin-when-cross-origin')
    res.setHeader('cross-origin-opener-policy', 'same-origin-allow-popups')
    res.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()')
    if (options.https) {
      res.setHeader('strict-transport-security', 'max-age=31536000; includeSubDomains')
    }
    next()
  }
}

/** The strict policy of a page: scripts and styles are files of ours, nothing is inline. */
export function setPagePolicy(
  res: { setHeader(name: string, value: string): unknown },
  security: PageSecurity = {},
): void {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data:${security.imgSrc ? ` ${security.imgSrc}` : ''}`,
    "media-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    `frame-src ${security.frameSrc ?? "'self'"}`,
    `form-action 'self'${security.formAction ? ` ${security.formAction}` : ''}`,
    `frame-ancestors ${security.frameAncestors ?? "'none'"}`,
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ]
  res.setHeader('content-security-policy', policy.join('; '))
}
