import { type Html, html } from '../../core/html.ts'
import type { ApiDocument, Operation, Parameter } from './api-document.ts'
import { bodyExample } from './operation-request.ts'

/** The form that makes the call from the page; a script shows and runs it. */
export function tryIt(api: ApiDocument, operation: Operation): Html {
  const { id, method, path, parameters, body, summary } = operation
  const isJson = body !== null && /json/.test(body.contentType)
  return html`<details class="try" data-try data-method="${method}" data-path="${path}"${operation.access === 'public' ? html` data-public` : ''} hidden>
      <summary>Try it<span class="visually-hidden">: ${summary}</span></summary>
      <form>${fields(
        id,
        parameters.filter(({ required }) => required),
      )}${optional(
        id,
        parameters.filter(({ required }) => !required),
      )}${
        body
          ? isJson
            ? html`<div class="field"><label for="${id}-body">Body</label><textarea id="${id}-body" name="body" rows="8" spellcheck="false" data-type="${body.contentType}">${JSON.stringify(bodyExample(api, operation), null, 2)}</textarea></div>`
            : html`<div class="field"><label for="${id}-body">File</label><input id="${id}-body" name="body" type="file" data-type="${body.contentType}" required /></div>`
          : ''
      }<p><button class="button" type="submit">Send</button></p></form>
      <div role="status" data-try-status></div><div data-try-answer></div>
    </details>`
}

function fields(id: string, parameters: readonly Parameter[]): Html | '' {
  if (parameters.length === 0) return ''
  return html`<div class="try-fields">${parameters.map((parameter) => parameterField(id, parameter))}</div>`
}

function optional(id: string, parameters: readonly Parameter[]): Html | '' {
  if (parameters.length === 0) return ''
  return html`<details><summary>Optional parameters</summary>${fields(id, parameters)}</details>`
}

function parameterField(id: string, { name, where, required }: Parameter): Html {
  const field = `${id}-${where}-${name}`
  return html`<div class="field"><label for="${field}">${name}</label><input id="${field}" name="${name}" data-where="${where}" autocomplete="off" spellcheck="false"${required ? html` required` : ''} /></div>`
}
