import { snippetLanguages, snippetOf } from '../../../shared/snippets/index.ts'
import type { SnippetRequest } from '../../../shared/snippets/request.ts'
import { type Html, html } from '../../core/html.ts'
import { highlight } from './highlight.ts'

/** A block of code with its name; a script adds the button that copies it. */
export function codeBlock(label: string, language: string, text: string): Html {
  return html`<figure class="code" data-copy><figcaption>${label}</figcaption><pre tabindex="0"><code>${highlight(language, text)}</code></pre></figure>`
}

/** The call in every language. Radio buttons choose one by style alone; without that style all are shown. */
export function snippetTabs(id: string, request: SnippetRequest): Html {
  return html`<div class="tabs">
      <fieldset><legend class="visually-hidden">Language of the example</legend>${snippetLanguages.map(
        ({ id: language, label }, index) =>
          html`<label><input type="radio" name="${id}-language" value="${language}"${index === 0 ? html` checked` : ''} />${label}</label>`,
      )}</fieldset>
      ${snippetLanguages.map(
        ({ id: language, label }) =>
          html`<div class="tab" data-language="${language}">${codeBlock(label, language, snippetOf(language, request))}</div>`,
      )}
    </div>`
}
