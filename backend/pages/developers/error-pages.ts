import type { ErrorGuidance } from '../../../shared/error-guidance.ts'
import { errorGuide } from '../../../shared/error-guide.ts'
import { type ErrorCode, errors } from '../../../shared/errors.ts'
import { html } from '../../core/html.ts'
import { titleOf } from '../../core/problem.ts'
import type { ApiDocument, Operation } from './api-document.ts'
import { codeBlock } from './code.ts'
import { inlineCode } from './inline-code.ts'
import type { DeveloperPage } from './page.ts'
import { addressOfTag } from './reference-pages.ts'

// The keys of the table itself.
const codes = Object.keys(errors) as ErrorCode[]

/** The compiler asks for every text; a code that is being added must not stop the server. */
function guidanceOf(code: ErrorCode): ErrorGuidance {
  const known: Partial<Record<ErrorCode, ErrorGuidance>> = errorGuide
  return known[code] ?? { meaning: titleOf(code), whatToDo: 'Read `detail` in the answer.' }
}

/** The list of all codes, and one page for each: what the `type` of a problem leads to. */
export function errorPages(api: ApiDocument, publicUrl: string): DeveloperPage[] {
  return [list(), ...codes.map((code) => errorPage(code, api, publicUrl))]
}

function list(): DeveloperPage {
  return {
    path: '/developers/errors',
    title: 'Errors',
    description: 'Every stable error code, what it means and what to do.',
    main: html`<p class="lead">Each refusal is an RFC 9457 problem. Its <code>type</code> leads to the page of its <code>code</code>; <code>detail</code> says what to do this time; <code>requestId</code> finds it in our logs. How to handle them: <a href="/developers/guides/errors">the guide to errors</a>.</p>
      <div class="table-wrap" tabindex="0"><table><caption>Codes and their HTTP status</caption><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead>
      <tbody>${codes.map(
        (code) =>
          html`<tr id="${code}"><th scope="row"><a href="/developers/errors/${code}"><code>${code}</code></a></th><td>${errors[code]}</td><td>${inlineCode(guidanceOf(code).meaning)}</td></tr>`,
      )}</tbody></table></div>`,
  }
}

function errorPage(code: ErrorCode, api: ApiDocument, publicUrl: string): DeveloperPage {
  const { meaning, whatToDo } = guidanceOf(code)
  const status = errors[code]
  const problem = {
    type: `${publicUrl}/developers/errors/${code}`,
    title: titleOf(code),
    status,
    detail: '…',
    instance: 'urn:uuid:0b6f4a52-6f4e-4b0e-9a63-5c1b0f0c9d11',
    code,
    requestId: '0b6f4a52-6f4e-4b0e-9a63-5c1b0f0c9d11',
  }
  const answering = api.operations.filter(({ answers }) =>
    answers.some((answer) => answers.length > 0 && isNamed(answer, code)),
  )
  return {
    path: `/developers/errors/${code}`,
    title: titleOf(code),
    description: meaning.replaceAll('`', ''),
    parents: [{ href: '/developers/errors', label: 'Errors' }],
    main: html`<p class="endpoint"><span class="method delete">${status}</span> <code>${code}</code></p>
      <h2 id="meaning">What it means</h2><p>${inlineCode(meaning)}</p>
      <h2 id="what-to-do">What to do</h2><p>${inlineCode(whatToDo)}</p>
      ${isWorthRepeating(status) ? html`<p>Sending the same request again later can succeed; see <a href="/developers/guides/errors">which errors to try again</a>.</p>` : ''}
      <h2 id="answer">The answer</h2>${codeBlock(`${status} application/problem+json`, 'json', JSON.stringify(problem, null, 2))}
      ${answering.length > 0 && answering.length <= 25 ? html`<h2 id="operations">Where it occurs</h2><ul>${answering.map((operation) => html`<li><a href="${addressOfOperation(api, operation)}">${operation.summary}</a></li>`)}</ul>` : ''}`,
  }
}

function isNamed(answer: Operation['answers'][number], code: string): boolean {
  return (
    String(errors[code as ErrorCode]) === answer.status &&
    (answer.codes.length < codes.length
      ? answer.codes.includes(code)
      : answer.description.split('; ').includes(titleOf(code)))
  )
}

function isWorthRepeating(status: number): boolean {
  return status === 429 || status >= 500
}

export function addressOfOperation(api: ApiDocument, operation: Operation): string {
  const tag = api.tags.find(({ name }) => name === operation.tag)
  return `${addressOfTag({ slug: tag?.slug ?? '' })}#${operation.id}`
}
