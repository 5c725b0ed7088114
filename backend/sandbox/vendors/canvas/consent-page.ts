import { type Html, html } from '../../lms/html.ts'
import { layout } from '../pages.ts'
import type { Vendor } from '../vendor.ts'
import { administrator } from './developer-key.ts'

const rootOf = (vendor: Vendor): string => vendor.baseUrl.replace(/\/[^/]+$/, '')

/** What the administrator sees before an application gets access; `fields` is the request. */
export function consentPage(vendor: Vendor, fields: readonly (readonly [string, string])[]): Html {
  const scopes = new Map(fields).get('scope')?.split(' ').filter(Boolean) ?? []
  return layout(
    rootOf(vendor),
    'Authorise',
    html`<h1>Canvas <span class="badge">simulated</span></h1>
<form method="post" action="${new URL(vendor.baseUrl).pathname}/login/oauth2/accept">
<p><strong>EdPsych Connect</strong> is asking for access to the account of ${administrator.name}.</p>
${scopes.length > 0 ? html`<p>It wants to:</p><ul>${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>` : ''}
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<p><button name="decision" value="authorize">Authorise</button> <button name="decision" value="cancel">Cancel</button></p>
</form>`,
  )
}

/** A request that cannot go back to the application. */
export function errorPage(vendor: Vendor, reason: string): Html {
  return layout(
    rootOf(vendor),
    'Page error',
    html`<h1>Page error</h1><p>Canvas refused the request: ${reason}.</p>`,
  )
}
