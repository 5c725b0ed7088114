import { type Html, html } from '../html.ts'
import type { Lms } from '../lms.ts'
import type { Refusal } from '../refusal.ts'
import { head, layout } from './layout.ts'
import { href, type Visit } from './visit.ts'

/** A page without navigation, for the frame of an activity or a dialog. */
export function framedPage(lms: Lms, title: string, main: Html): Html {
  return html`<!DOCTYPE html>
<html lang="en-GB">
${head(lms, title)}
<body class="framed">
<main id="main" class="inner">
<h1>${title}</h1>
${main}
</main>
</body>
</html>`
}

/** What a person reads inside a frame when the LMS refuses something. */
export function framedRefusal(lms: Lms, refusal: Refusal): Html {
  return framedPage(lms, titleOf(refusal), explanation(lms, refusal, `${lms.baseUrl}/`))
}

/** The same on a page of its own. */
export function refusalPage(visit: Visit, refusal: Refusal): Html {
  const title = titleOf(refusal)
  return layout(visit, {
    title,
    section: 'courses',
    main: html`<h1>${title}</h1>
${explanation(visit.lms, refusal, href(visit, '/'))}`,
  })
}

const titleOf = ({ status }: Refusal): string =>
  status >= 500 ? 'Something went wrong' : 'That did not work'

function explanation(lms: Lms, { message, status, code }: Refusal, home: string): Html {
  return html`<p class="refusal">${message}</p>
<p class="small">Status ${status}, <code>${code}</code>. The <a href="${lms.baseUrl}/log" target="_top">request log</a> shows what was sent.</p>
<p><a class="button" href="${home}" target="_top">Back to the courses</a></p>`
}
