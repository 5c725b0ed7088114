import { type Html, html } from '../html.ts'
import type { Lms } from '../lms.ts'
import type { DeepLinkingOutcome } from '../protocol/deep-linking-response.ts'
import { findPerson } from '../school.ts'
import { framedPage } from './message-page.ts'
import { href } from './visit.ts'

/** What the teacher sees in the dialog when the tool's choice arrived; the course page then closes it. */
export function chosenPage(lms: Lms, outcome: DeepLinkingOutcome): Html {
  const { launch, added, message, errorMessage } = outcome
  const back = href({ lms, who: findPerson(launch.userId) }, `/courses/${launch.courseId}`, {
    notice: addedSentence(outcome),
  })
  // An error the tool reports stays on the screen until the teacher has read it.
  const stay = errorMessage !== ''
  return framedPage(
    lms,
    added.length === 0 ? 'Nothing was added' : 'Added to the course',
    html`${errorMessage === '' ? '' : html`<p class="refusal">${errorMessage}</p>`}
${message === '' ? '' : html`<p>${message}</p>`}
<ul>${added.map(
      ({ link, lineItem }) =>
        html`<li>${link.title}${lineItem ? `, ${lineItem.scoreMaximum} points` : ''}</li>`,
    )}</ul>
<p><a class="button" href="${back}" target="_top" data-chosen="${stay ? 'stay' : 'close'}">Back to the course</a></p>`,
  )
}

function addedSentence({ added }: DeepLinkingOutcome): string {
  if (added.length === 0) return 'Nothing was added.'
  return `Added: ${added.map(({ link }) => link.title).join(', ')}.`
}
