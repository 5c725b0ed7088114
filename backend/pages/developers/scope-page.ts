import * as rights from '../../../shared/scopes.ts'
import { html } from '../../core/html.ts'
import type { ApiDocument } from './api-document.ts'
import { addressOfOperation } from './error-pages.ts'
import type { DeveloperPage } from './page.ts'

/** Every right with its sentence, and the operations that ask for it. */
export function scopePage(api: ApiDocument): DeveloperPage {
  const sensitive = new Set<string>(rights.sensitiveScopes)
  return {
    path: '/developers/scopes',
    title: 'Rights (scopes)',
    description: 'Every right that a key or client can hold.',
    main: html`<p class="lead">A key holds the rights that were chosen when it was made, and no others. Ask for the fewest that do the job: they are what an administrator reads before saying yes.</p>
      <p>Rights marked <span class="pill">sensitive</span> open personal data. An OAuth client gets them only after an administrator has approved them; the approval is in the audit trail. See <a href="/developers/guides/privacy">privacy</a>.</p>
      <div class="table-wrap" tabindex="0"><table><caption>All rights</caption><thead><tr><th scope="col">Right</th><th scope="col">Allows</th><th scope="col">Operations</th></tr></thead><tbody>${Object.entries(
        rights.scopes,
      ).map(([name, sentence]) => {
        const operations = api.operations.filter(({ scopes }) => scopes.includes(name))
        return html`<tr id="${name}"><th scope="row"><code>${name}</code>${sensitive.has(name) ? html` <span class="pill">sensitive</span>` : ''}</th><td>${sentence}</td><td>${
          operations.length === 0
            ? 'none of the REST API'
            : html`<details><summary>${operations.length}<span class="visually-hidden"> that need ${name}</span></summary><ul>${operations.map((operation) => html`<li><a href="${addressOfOperation(api, operation)}">${operation.summary}</a></li>`)}</ul></details>`
        }</td></tr>`
      })}</tbody></table></div>`,
  }
}
