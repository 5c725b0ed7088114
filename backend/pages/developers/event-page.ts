import { z } from 'zod'
import type { EventDescription } from '../../../shared/events.ts'
import { html } from '../../core/html.ts'
import { asJson } from './api-document.ts'
import { codeBlock } from './code.ts'
import { inlineCode } from './inline-code.ts'
import { anchor } from './markdown.ts'
import type { DeveloperPage } from './page.ts'
import { schemaTree } from './schema-tree.ts'

/** The id of an event type on its page: dots would be read as classes by scripts and styles. */
export function idOfEvent(type: string): string {
  return type.replaceAll('.', '-')
}

/** Every event type with what it says, in the envelope in which a webhook brings it. */
export function eventPage(catalogue: Readonly<Record<string, EventDescription>>): DeveloperPage {
  const types = Object.entries(catalogue)
  return {
    path: '/developers/events',
    title: 'Events',
    description: 'The catalogue of event types with schema and example.',
    headings: types.map(([type, { title }]) => ({ level: 2, id: idOfEvent(type), text: title })),
    main: html`<p class="lead">${types.length} kinds of things that happen. A webhook is told of those it subscribed to; <code>*</code> means all. How deliveries are signed, tried again and replayed: <a href="/developers/guides/webhooks">the guide to webhooks</a>.</p>
      ${types.map(([type, event]) => section(type, event))}`,
  }
}

function section(type: string, event: EventDescription) {
  const id = idOfEvent(type)
  const schema = asJson(z.toJSONSchema(event.schema, { io: 'output', unrepresentable: 'any' }))
  const links = Object.entries(event.links)
  const example = { type, timestamp: '2026-11-23T09:30:00.000Z', data: event.example }
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${event.title}${{ markup: anchor({ id, text: event.title }) }}</h2>
    <p class="endpoint"><code>${type}</code>${event.personalData ? html` <span class="pill">about a person</span>` : ''}</p>
    <p>${inlineCode(event.description)}</p>
    ${event.details ? html`<p>A thin payload leaves out ${event.details.fields.map((field, index) => html`${index > 0 ? ', ' : ''}<code>${field}</code>`)}; a full one carries it where the subscriber holds <a href="/developers/scopes#${event.details.scope}"><code>${event.details.scope}</code></a>.</p>` : ''}
    ${links.length > 0 ? html`<p>Read more at ${links.map(([, path], index) => html`${index > 0 ? ' and ' : ''}<code>${path.replace(/:(\w+)/g, '{$1}')}</code>`)}.</p>` : ''}
    ${codeBlock('Example', 'json', JSON.stringify(example, null, 2))}
    <details class="answer"><summary>Fields of <code>data</code><span class="visually-hidden"> of ${type}</span></summary>${schemaTree({ resolve: asJson }, schema)}</details></section>`
}
