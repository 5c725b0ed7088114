import { type Html, html } from '../html.ts'
import type { Lms } from '../lms.ts'
import { head } from './layout.ts'

interface AutoSubmit {
  readonly title: string
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  /** Sends the form a first time into a hidden frame, then again where the reader looks. */
  readonly twice?: boolean
}

/** A form that submits itself; without script there is a button. */
export function autoSubmitPage(lms: Lms, { title, action, fields, twice }: AutoSubmit): Html {
  return html`<!DOCTYPE html>
<html lang="en-GB">
${head(lms, title, 'auto-submit.js')}
<body class="waiting">
<main id="main">
<p role="status"><span class="spinner" aria-hidden="true"></span> ${title}</p>
<form method="post" action="${action}" data-auto-submit="${twice ? 'twice' : 'once'}">
${Object.entries(fields).map(
  ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
)}<noscript><button class="button">Continue</button></noscript>
</form>
</main>
</body>
</html>`
}
