import { type Html, html } from '../html.ts'
import type { Lms } from '../lms.ts'
import type { Refusal } from '../refusal.ts'
import { head } from './layout.ts'

/** A page without navigation, for what is shown inside the frame of an activity or a dialog. */
export function framedPage(lms: Lms, title: string, main: Html): Html {
  return html`<!DOCTYPE html>
<html lang="en-GB">
${head(lms, title)}
<body class="framed">
<main id="main">
<h1>${title}</h1>
${main}
</main>
</body>
</html>`
}

/** What a person reads when the LMS refuses something. */
export function refusalPage(lms: Lms, { status, message, code }: Refusal): Html {
  const title = status >= 500 ? 'Something went wrong' : 'That did not work'
  return framedPage(
    lms,
    title,
    html`<p class="refusal">${message}</p>
<p class="small">Status ${status}, <code>${code}</code>. The <a href="${lms.baseUrl}/log" target="_top">request log</a> shows what was sent.</p>
<p><a class="button" href="${lms.baseUrl}/" target="_top">Back to the courses</a></p>`,
  )
}
