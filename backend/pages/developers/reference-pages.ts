import { type Html, html } from '../../core/html.ts'
import type { ApiDocument, Operation, Tag } from './api-document.ts'
import { inlineCode } from './inline-code.ts'
import { operationSection } from './operation-section.ts'
import type { DeveloperPage } from './page.ts'

export function addressOfTag({ slug }: Pick<Tag, 'slug'>): string {
  return `/developers/reference/${slug}`
}

/** The list of all operations, and one page for each tag. */
export function referencePages(api: ApiDocument, baseUrl: string): DeveloperPage[] {
  return [overview(api), ...api.tags.map((tag) => tagPage(api, tag, baseUrl))]
}

function operationLink(tag: Tag, operation: Operation): Html {
  const { id, method, path, summary } = operation
  return html`<li><a href="${addressOfTag(tag)}#${id}">${summary}</a> <span class="endpoint"><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code></span></li>`
}

function overview(api: ApiDocument): DeveloperPage {
  return {
    path: '/developers/reference',
    title: 'API reference',
    description: 'Every operation of the REST API, made from its OpenAPI document.',
    headings: api.tags.map(({ slug, title }) => ({ level: 2, id: slug, text: title })),
    main: html`<p class="lead">${api.operations.length} operations, made from the same definitions that route, check and type them. The machine-readable form is the <a href="/api/v1/openapi.json">OpenAPI 3.1 document</a>.</p>
      ${api.tags.map(
        (tag) =>
          html`<section aria-labelledby="${tag.slug}"><h2 id="${tag.slug}"><a href="${addressOfTag(tag)}">${tag.title}</a></h2>${tag.description ? html`<p>${inlineCode(tag.description)}</p>` : ''}<ul class="operation-list">${tag.operations.map((operation) => operationLink(tag, operation))}</ul></section>`,
      )}`,
  }
}

function tagPage(api: ApiDocument, tag: Tag, baseUrl: string): DeveloperPage {
  return {
    path: addressOfTag(tag),
    title: tag.title,
    description: `Reference of the API: ${tag.title}.`,
    parents: [{ href: '/developers/reference', label: 'API reference' }],
    wide: true,
    usesKey: true,
    headings: tag.operations.map(({ id, summary }) => ({ level: 2, id, text: summary })),
    main: html`${tag.description ? html`<p class="lead">${inlineCode(tag.description)}</p>` : ''}
      <nav aria-label="Operations on this page"><ul class="operation-list">${tag.operations.map(
        ({ id, summary, method, path }) =>
          html`<li><a href="#${id}">${summary}</a> <span class="endpoint"><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code></span></li>`,
      )}</ul></nav>
      ${tag.operations.map((operation) => operationSection(api, operation, baseUrl))}`,
  }
}
