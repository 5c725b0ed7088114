import type { NextFunction, Request, Response } from 'express'
import type { ErrorCode } from '../../../shared/errors.ts'
import { html } from '../../core/html.ts'
import type { Logger } from '../../core/logging.ts'
import { toAppError } from '../../core/problem.ts'

/** What happened, in the words of a school; the sentence of the error itself says why and what to do. */
const titles: { readonly [Code in ErrorCode]?: string } = {
  sso_account_not_allowed: 'You cannot sign in with this account',
  sso_link_needed: 'Link your account first',
  sso_answer_refused: 'The sign-in could not be trusted',
  sso_answer_used: 'This sign-in has ended',
  sso_not_begun_here: 'This sign-in was not begun here',
  not_found: 'There is no such sign-in',
  unauthenticated: 'Sign in first',
}

/** A page that says what happened, what to do, and the reference for support. */
export function sendRefusal(
  { log }: { readonly log: Pick<Logger, 'warn' | 'error'> },
  thrown: unknown,
  _req: Request,
  res: Response,
  next: NextFunction,
): void {
  if (res.headersSent) {
    next(thrown)
    return
  }
  const error = toAppError(thrown)
  const requestId = String(res.locals['requestId'])
  const isOurs = error.status >= 500
  if (isOurs) log.error({ requestId, code: error.code, err: thrown }, 'single sign-on failed')
  else log.warn({ requestId, code: error.code }, 'single sign-on refused')
  const title = titles[error.code] ?? 'You could not be signed in'
  const text = isOurs
    ? 'Something failed on our side or at the identity provider. Try again in a few minutes.'
    : error.message
  res.setHeader('cache-control', 'no-store')
  res.setHeader('referrer-policy', 'no-referrer')
  res
    .status(error.status)
    .type('html')
    .send(
      html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>${title} – EdPsych Connect</title>
<link rel="stylesheet" href="/assets/site.css" />
</head>
<body>
<main id="main" class="site-main"><div class="narrow">
<h1>${title}</h1>
<p class="notice error" role="alert">${text}</p>
<p><a class="button" href="/sign-in">Back to the sign-in page</a></p>
<p>Reference for support: <code>${requestId}</code> (<code>${error.code}</code>)</p>
</div></main>
</body>
</html>`.markup,
    )
}
