import { type Html, html } from '../html.ts'
import type { Lms } from '../lms.ts'
import { layout } from './layout.ts'
import { href, type Visit } from './visit.ts'

/** The form with which an administrator lets a tool register itself. */
export function dynamicForm(visit: Visit): Html {
  const { tools } = visit.lms.state
  return html`<section class="panel" aria-labelledby="dynamic">
<h2 id="dynamic">Let a tool register itself</h2>
<form class="form" method="post" action="${href(visit, '/tools/registration')}">
<p><label for="registrationUrl">Registration URL</label>
<input id="registrationUrl" name="registrationUrl" type="url" required autocomplete="off" aria-describedby="registrationUrl-hint">
<span class="small" id="registrationUrl-hint">The tool’s administration shows it. The tool then fills in everything else.</span></p>
<p><label for="update">Registers</label>
<select id="update" name="update"><option value="">A new tool</option>${tools.map(
    ({ id, name }) => html`<option value="${id}">Update: ${name}</option>`,
  )}</select></p>
<p><button class="button">Begin</button></p>
</form></section>`
}

/** The address with which a tool begins its registration (LTI Dynamic Registration §3.3). */
export function initiationUrl({ baseUrl }: Lms, registrationUrl: string, token: string): string {
  const url = new URL(registrationUrl)
  url.searchParams.set('openid_configuration', `${baseUrl}/lti/openid-configuration`)
  url.searchParams.set('registration_token', token)
  return url.href
}

/** The tool's own page in a frame; `lms.js` leaves when the tool says that it is done. */
export function registrationPage(visit: Visit, src: string): Html {
  return layout(visit, {
    title: 'Register a tool',
    section: 'tools',
    wide: true,
    main: html`<h1>Register a tool</h1>
<p class="crumb"><a href="${href(visit, '/tools')}" data-registration-done>Tools</a></p>
<iframe id="contentframe" class="tool-frame" title="Registration of the tool" src="${src}" width="100%" height="760" data-tool-frame="fixed" data-registration></iframe>`,
  })
}
