import type { Response } from 'express'
import { type Html, markup } from '../html.ts'
import type { Lms } from '../lms.ts'
import { toolOrigins } from '../tool-registration.ts'

/** Sends a page under a policy that only lets registered tools into frames and forms. */
export function sendPage(
  lms: Lms,
  res: Response,
  page: Html,
  /** Of a tool that is not registered yet. */
  alsoFramed: readonly string[] = [],
): void {
  const tools = [...new Set([...toolOrigins(lms), ...alsoFramed])].join(' ')
  res.set({
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      `frame-src 'self' ${tools}`,
      // Browsers apply this to redirects as well: tool login → LMS, launch → tool.
      `form-action 'self' ${tools}`,
      "base-uri 'none'",
      "frame-ancestors 'self'",
    ].join('; '),
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'X-Content-Type-Options': 'nosniff',
  })
  res.type('html').send(markup(page))
}
