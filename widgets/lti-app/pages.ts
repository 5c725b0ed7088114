import { html, type TemplateResult } from 'lit'
import { returnAddress } from '../../shared/lti-return.ts'
import * as messages from './page-messages.ts'

/** A page that says one thing; undefined for a view that is more than that. */
export function plainPage(
  kind: string,
  chooseNow: () => Promise<void>,
): TemplateResult | undefined {
  switch (kind) {
    case 'cancelled':
      return page(
        messages.cancelled(),
        messages.cancelledHelp(),
        html`<button type="button" class="button" data-start @click=${chooseNow}>
          ${messages.chooseNow()}
        </button>`,
      )
    case 'no-session':
      return page(messages.openFromCourse(), messages.openFromCourseHelp())
    case 'nothing-chosen':
      return page(messages.nothingChosen(), messages.nothingChosenHelp())
    case 'no-role':
      return page(messages.noRole(), messages.noRoleHelp())
    case 'no-links':
      return page(messages.noLinks(), messages.noLinksHelp())
    case 'teachers-only':
      return page(messages.teachersOnly(), messages.teachersOnlyHelp())
    default:
      return undefined
  }
}

/** What the LMS is told where nothing could be shown. */
const unopened: { readonly [kind: string]: (() => string) | undefined } = {
  'nothing-chosen': messages.nothingChosen,
  'no-role': messages.noRole,
  'no-links': messages.noLinks,
}

/** The link to the course that a launch came from. */
export function wayBack(kind: string, returnUrl: string): TemplateResult {
  const failed = unopened[kind]
  const address = returnAddress(returnUrl, failed && { error: failed() })
  return html`<p class="way-back"><a href=${address}>${messages.backToCourse()}</a></p>`
}

function page(title: string, text: string, action?: TemplateResult): TemplateResult {
  return html`<div class="page"><h2 aria-level="1">${title}</h2><p>${text}</p>${action}</div>`
}
