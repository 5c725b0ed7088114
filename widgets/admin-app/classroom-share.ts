import { html, type TemplateResult } from 'lit'
import { itemTypes, type Shareable, shareAddress } from '../../shared/classroom-share.ts'

/** Google's own share page, filled in: it needs no connection to Classroom and no consent. */
export function classroomShare(resource: Shareable): TemplateResult {
  return html`<p>
    Share to Google Classroom as
    ${itemTypes.map(
      (type, index) =>
        html`${index === 0 ? '' : ' · '}<a href=${shareAddress(resource, type)} target="_blank" rel="noopener">${type}</a>`,
    )}
  </p>`
}
