import { errors } from '../../../shared/errors.ts'
import { scopes } from '../../../shared/scopes.ts'
import { type Html, html } from '../../core/html.ts'
import { titleOf } from '../../core/problem.ts'
import type { Answer, ApiDocument, Body, Operation, Parameter } from './api-document.ts'
import { codeBlock, snippetTabs } from './code.ts'
import { exampleOf } from './example-value.ts'
import { inlineCode } from './inline-code.ts'
import { anchor } from './markdown.ts'
import { requestOf } from './operation-request.ts'
import { constraints, describeType, schemaTree } from './schema-tree.ts'
import { tryIt } from './try-it.ts'

/** One operation of the reference: what it does on one side, what it looks like on the other. */
export function operationSection(api: ApiDocument, operation: Operation, baseUrl: string): Html {
  const { id, summary, description, method, path, parameters, body, answers } = operation
  const success = answers.find(({ status }) => status.startsWith('2'))
  return html`<section class="operation" aria-labelledby="${id}">
      <h2 id="${id}">${summary}${{ markup: anchor({ id, text: summary }) }}</h2>
      <p class="endpoint"><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code></p>
      <div class="operation-parts"><div>
        ${operation.deprecated ? html`<p class="notice warning">Deprecated: see the <a href="/developers/changelog">changelog</a> for what takes its place and until when it answers.</p>` : ''}
        ${description ? html`<p>${inlineCode(description)}</p>` : ''}
        <p>${access(operation)}</p>
        ${parameterTable(api, operation, parameters)}
        ${body ? bodyPart(api, body) : ''}
        ${success ? answerPart(api, success) : ''}
        ${refusals(answers)}
      </div><div class="operation-code">
        ${isForPrograms(operation) ? snippetTabs(id, requestOf(api, operation, baseUrl)) : ''}
        ${success?.content ? codeBlock(`Answer ${success.status}`, 'json', exampleText(api, success.content)) : success ? html`<p class="small">Answers <code>${success.status}</code> without a body.</p>` : ''}
        ${isForPrograms(operation) ? tryIt(api, operation) : ''}
      </div></div>
    </section>`
}

/** What a program can be shown to call. */
function isForPrograms({ access }: Operation): boolean {
  return access === 'key' || access === 'public'
}

function exampleText(api: ApiDocument, { example, schema }: Body): string {
  return JSON.stringify(example ?? exampleOf(api, schema), null, 2)
}

function access({ access, scopes: names }: Operation): Html {
  if (access === 'public') return html`Needs no credential.`
  if (access === 'launch') {
    return html`For the page inside a launch from an LMS; neither a key nor a sign-in opens it.`
  }
  if (access === 'session') {
    return html`For people who are signed in at the administration; a key cannot call it.`
  }
  if (names.length === 0) return html`Any key may call it.`
  return html`Needs the right ${names.map((name, index) => html`${index > 0 ? ' or ' : ''}<a href="/developers/scopes#${name}"><code>${name}</code></a>${sentenceOf(name)}`)}.`
}

function sentenceOf(name: string): string {
  return Object.hasOwn(scopes, name) ? `: ${scopes[name as keyof typeof scopes]}` : ''
}

const places: Record<string, string> = { path: 'path', query: 'query', header: 'header' }

function parameterTable(
  api: ApiDocument,
  { id, summary }: Operation,
  parameters: readonly Parameter[],
): Html | '' {
  if (parameters.length === 0) return ''
  return html`<h3 id="${id}-parameters">Parameters<span class="visually-hidden"> of “${summary}”</span></h3>
    <ul class="schema">${parameters.map(
      (parameter) =>
        html`<li><code class="name">${parameter.name}</code> <span class="type">${describeType(api, parameter.schema)} in the ${places[parameter.where] ?? parameter.where}</span>${parameter.required ? html` <span class="required">required</span>` : ''}${parameter.description ? html`<p>${inlineCode(parameter.description)}</p>` : ''}${constraints(api, parameter.schema)}</li>`,
    )}</ul>`
}

function bodyPart(api: ApiDocument, body: Body): Html {
  const isJson = /json/.test(body.contentType)
  return html`<h3>Body <span class="type">${body.contentType}</span></h3>${
    isJson ? schemaTree(api, body.schema) : html`<p>The file itself.</p>`
  }`
}

function answerPart(api: ApiDocument, { status, content }: Answer): Html | '' {
  if (!content) return ''
  return html`<details class="answer"><summary>Fields of the answer <span class="type">${status}</span></summary>${schemaTree(api, content.schema)}</details>`
}

/** Codes by name where the document names them; otherwise by the titles in its descriptions. */
function codesOf(answer: Answer): string[] {
  const named = answer.codes.filter((code) => Object.hasOwn(errors, code))
  if (named.length > 0 && named.length < Object.keys(errors).length) return named
  const said = answer.description.split('; ')
  return Object.entries(errors)
    .filter(([code, status]) => String(status) === answer.status && said.includes(titleOf(code)))
    .map(([code]) => code)
}

function refusals(answers: readonly Answer[]): Html | '' {
  const rows = answers.filter(({ status }) => /^[45]/.test(status))
  if (rows.length === 0) return ''
  return html`<details class="answer"><summary>Refusals</summary><ul class="schema">${rows.map(
    (answer) =>
      html`<li><code class="name">${answer.status}</code> ${codesOf(answer).map(
        (code, index) =>
          html`${index > 0 ? ', ' : ''}<a href="/developers/errors/${code}"><code>${code}</code></a>`,
      )}</li>`,
  )}</ul></details>`
}
