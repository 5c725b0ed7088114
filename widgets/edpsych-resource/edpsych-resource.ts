import { Task } from '@lit/task'
import { html, nothing, type TemplateResult, unsafeCSS } from 'lit'
import { property } from 'lit/decorators.js'
import type { z } from 'zod'
import type {
  ContentBlock as ContentBlockSchema,
  Resource as ResourceSchema,
} from '../../shared/api/resources.ts'
import { ConnectElement } from '../core/connect-element.ts'
import { OpenEvent } from '../core/events.ts'
import { failureOf } from '../core/failure.ts'
import { opensInNewWindow } from '../core/messages.ts'
import { failureState, loadingState } from '../core/states.ts'
import styles from './edpsych-resource.css?inline'
import * as messages from './messages.ts'

type Resource = z.output<typeof ResourceSchema>
type ContentBlock = z.output<typeof ContentBlockSchema>

/**
 * @summary A resource of the library with its licence and attribution; its text, or a link that opens it.
 * @attr resource-id - Which resource.
 * @fires edpsych-open - It is being opened in a new window.
 * @fires edpsych-error - It could not be shown.
 */
export class ResourceElement extends ConnectElement {
  static override styles = [ConnectElement.styles, unsafeCSS(styles)]

  @property({ attribute: 'resource-id' }) resourceId = ''
  /** Level of the title among the headings of the page. */
  @property({ type: Number, attribute: 'heading-level' }) headingLevel = 2

  private readonly resource = new Task(this, {
    args: () => [this.client, this.resourceId] as const,
    task: ([client, id], { signal }) =>
      client('GET /api/v1/resources/:id', { params: { id }, signal }),
    onError: (error) => {
      this.fail(error)
    },
  })

  protected override render(): TemplateResult {
    return (
      this.resource.render({
        complete: (resource) => this.details(resource),
        error: (error) => failureState(failureOf(error), () => void this.resource.run()),
      }) ?? loadingState(messages.loadingResource())
    )
  }

  private details(resource: Resource): TemplateResult {
    const { name, description, content, url, license, attribution, inLanguage } = resource
    return html`
      <p class="kind">${messages.kindName(resource.learningResourceType)}</p>
      <h2 class="title" aria-level=${this.headingLevel} lang=${inLanguage}>${name}</h2>
      ${description ? html`<p class="description" lang=${inLanguage}>${description}</p>` : nothing}
      ${facts(resource)}
      ${url ? this.opener(resource.id, url) : nothing}
      ${content.length > 0 ? html`<div class="text" lang=${inLanguage}>${content.map((block) => this.block(block))}</div>` : nothing}
      <dl class="rights">
        <dt>${messages.licence()}</dt>
        <dd>${license.url ? externalLink(license.url, license.name) : license.name}</dd>
        <dt>${messages.attribution()}</dt>
        <dd>${attribution}</dd>
      </dl>
    `
  }

  private opener(resourceId: string, url: string): TemplateResult {
    return html`<p class="actions">
      <a class="button" href=${url} target="_blank" rel="noopener" @click=${() => this.dispatchEvent(new OpenEvent({ resourceId, url }))}>
        ${messages.open()}${newWindowIcon}<span class="visually-hidden">(${opensInNewWindow()})</span>
      </a>
      <span class="hint">${new URL(url).hostname}</span>
    </p>`
  }

  private block(block: ContentBlock): TemplateResult {
    switch (block.type) {
      case 'heading':
        return html`<h3 aria-level=${this.headingLevel + 1}>${block.text}</h3>`
      case 'paragraph':
        return html`<p>${block.text}</p>`
      case 'list': {
        const entries = block.entries.map((entry) => html`<li>${entry}</li>`)
        return block.ordered ? html`<ol>${entries}</ol>` : html`<ul>${entries}</ul>`
      }
    }
  }
}

const newWindowIcon = html`<svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><path d="M8 4H4v12h12v-4M11 3h6v6M17 3l-8 8" fill="none" stroke="currentColor" stroke-width="2" /></svg>`

function externalLink(url: string, text: string): TemplateResult {
  return html`<a href=${url} target="_blank" rel="noopener">${text}<span class="visually-hidden"> (${opensInNewWindow()})</span></a>`
}

function facts({ educationalLevel, about, timeRequiredMinutes }: Resource): TemplateResult {
  const given: [string, string | null][] = [
    [messages.level(), educationalLevel],
    [messages.subjects(), about.join(', ')],
    [messages.time(), timeRequiredMinutes === null ? null : messages.minutes(timeRequiredMinutes)],
  ]
  return html`<dl class="facts">
    ${given.map(([name, value]) => (value ? html`<div><dt>${name}</dt><dd>${value}</dd></div>` : nothing))}
  </dl>`
}

customElements.define('edpsych-resource', ResourceElement)

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-resource': ResourceElement
  }
}
