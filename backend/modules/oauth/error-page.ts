import type { KoaContextWithOIDC } from 'oidc-provider'
import { setPagePolicy } from '../../core/headers.ts'
import { type Html, html } from '../../core/html.ts'
import { document } from '../../pages/layout.ts'

/** A refusal that cannot be told to the application, because it is not known where it may be told. */
export function errorPage(title: string, sentence: string, code: string): Html {
  return html`<section class="consent" aria-labelledby="oauth-error">
    <h1 id="oauth-error">${title}</h1>
    <p>${sentence}</p>
    <p>Nothing was shared. Go back to the application and start again; if it happens again, show its makers this code: <code>${code}</code></p>
  </section>`
}

export function renderError(
  ctx: KoaContextWithOIDC,
  out: { error: string; error_description?: string | undefined },
): void {
  setPagePolicy(ctx.res)
  ctx.type = 'html'
  ctx.body = document({
    title: 'This request cannot be used',
    main: errorPage(
      'This request cannot be used',
      'An application asked to use your EdPsych Connect account, but its request is not in order.',
      `${out.error}${out.error_description ? `: ${out.error_description}` : ''}`,
    ),
  })
}
