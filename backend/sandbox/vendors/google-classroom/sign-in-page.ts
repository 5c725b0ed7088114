import { type Html, html } from '../../lms/html.ts'
import { layout } from '../pages.ts'
import { schoolAt } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { googleUserId } from './ids.ts'
import { fullName } from './school.ts'

const rootOf = (vendor: Vendor): string => vendor.baseUrl.replace(/\/[^/]+$/, '')
const mostShown = 30

/** Google's page on which a person chooses an account and allows what an application asks for. */
export function signInPage(
  vendor: Vendor,
  fields: readonly (readonly [string, string])[],
  scopes: readonly string[],
): Html {
  const hint = new Map(fields).get('login_hint') ?? ''
  const users = schoolAt(vendor.state.dials).users.filter(({ removed }) => !removed)
  const isHinted = (id: number, email: string) => hint === email || hint === googleUserId(id)
  const shown = users.filter(({ id, email }, index) => index < mostShown || isHinted(id, email))
  return layout(
    rootOf(vendor),
    'Sign in with Google',
    html`<h1>Google <span class="badge">simulated</span></h1>
<form method="post" action="${new URL(vendor.baseUrl).pathname}/o/oauth2/v2/auth">
<fieldset><legend>Choose an account to go on to EdPsych Connect</legend>
${shown.map(
  (user) =>
    html`<p><label><input type="radio" name="account" value="${googleUserId(user.id)}" required ${isHinted(user.id, user.email) ? html`checked` : ''}> ${fullName(user)} <small>${user.email} (${user.role})</small></label></p>`,
)}
</fieldset>
${scopes.length > 0 ? html`<p>EdPsych Connect wants to:</p><ul>${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>` : ''}
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<p><button name="decision" value="allow">Continue</button> <button name="decision" value="cancel" formnovalidate>Cancel</button></p>
</form>`,
  )
}

/** A request that cannot go back to the application. */
export function blockedPage(vendor: Vendor, code: string, reason: string): Html {
  return layout(
    rootOf(vendor),
    'Access blocked',
    html`<h1>Access blocked: authorisation error</h1><p>${reason}</p><p>Error 400: ${code}</p>`,
  )
}
