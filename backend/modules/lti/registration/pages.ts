import type { Response } from 'express'
import type { LmsProduct } from '../../../../shared/api/lti.ts'
import { type Html, html } from '../../../core/html.ts'
import { sendPage } from '../pages.ts'
import type { Registered, RegistrationCall } from './register.ts'

/** Anyone may frame these pages: an LMS shows them at an address of its own, and without the link they do nothing. */
const anyFrame: readonly string[] = []

/** Says what is shared before anything is registered. */
export function sendConsentPage(
  res: Response,
  facts: {
    readonly call: RegistrationCall
    readonly organisation: string | null
    readonly publicUrl: string
  },
): void {
  const { call, organisation, publicUrl } = facts
  const host = new URL(call.configurationUrl).host
  sendPage(res, {
    status: 200,
    title: 'Connect your LMS',
    frameOrigins: anyFrame,
    hasForm: true,
    main: html`<h1>Connect ${host} with EdPsych Connect</h1>
<p>${
      organisation === null
        ? html`The courses of this LMS become part of the organisation that made the link.`
        : html`The courses of this LMS become part of <strong>${organisation}</strong>.`
    }</p>
<h2>Your LMS will share with ${new URL(publicUrl).host}</h2>
<ul>
<li>who opens an activity: a number of the LMS for the person, their name and role in the course</li>
<li>the name of the course, and who its members are</li>
<li>the gradebook columns of activities that are opened here, and their grades</li>
</ul>
<h2>EdPsych Connect will send to your LMS</h2>
<ul>
<li>results of learners, as grades with an optional comment</li>
<li>links to activities that teachers choose</li>
</ul>
<form method="post" action="/lti/register">
<p><label><input type="checkbox" name="email" value="yes"> Also share e-mail addresses. They serve only to recognise people whom another system knows as well, and are kept as a fingerprint that nobody can read.</label></p>
<input type="hidden" name="token" value="${call.token}">
<input type="hidden" name="openid_configuration" value="${call.configurationUrl}">
${call.registrationToken !== null && html`<input type="hidden" name="registration_token" value="${call.registrationToken}">`}
<p><button class="button">Register</button></p>
</form>`,
  })
}

/** What is left to do in that LMS once the tool is registered there. */
const nextSteps: Readonly<Record<LmsProduct, Html>> = {
  moodle: html`<p>In Moodle, choose <strong>Activate</strong> on the new tool, and in its settings show it in the activity chooser.</p>`,
  canvas: html`<p>In Canvas, review the placements in the next steps and switch the app on.</p>`,
  blackboard: html`<p>In Blackboard, approve the tool under <strong>LTI Tool Providers</strong>.</p>`,
  other: html`<p>In the LMS, switch the new tool on for your courses.</p>`,
}

export function sendRegisteredPage(res: Response, registered: Registered): void {
  const { name, product, isNew, hasDeployment } = registered
  sendPage(res, {
    status: 200,
    title: 'Your LMS is connected',
    frameOrigins: anyFrame,
    script: { src: '/assets/lti-close.js', data: {} },
    main: html`<h1>${name} is ${isNew ? 'connected' : 'connected anew'}</h1>
<p role="status">${
      isNew
        ? 'The LMS and EdPsych Connect know each other now.'
        : 'The registration that was here already has the new values.'
    }</p>
<h2>What comes next</h2>
${nextSteps[product]}
${
  hasDeployment
    ? html`<p>Then open the tool once from a course, and test the connection in the administration of EdPsych Connect under <strong>LMSs</strong>.</p>`
    : html`<p>Then open the tool once from a course. That first launch is refused and offered for approval in the administration of EdPsych Connect under <strong>LMSs</strong>; approve it there, and it works from then on.</p>`
}
<p><button class="button" type="button" id="lti-close" hidden>Close and go back to the LMS</button></p>`,
  })
}
