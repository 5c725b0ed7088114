import { html, type TemplateResult } from 'lit'
import type { Client } from '../../shared/api/client.ts'
import type { Candidate } from './candidate.ts'
import { closePreview, courseResultsFact } from './lazy-messages.ts'
import { preview } from './messages.ts'

interface Pane {
  readonly client: Client
  readonly theme: 'light' | 'dark' | undefined
  readonly close: () => void
}

const elements: Partial<Record<Candidate['kind'], () => Promise<unknown>>> = {
  item: () => import('../edpsych-assessment/edpsych-assessment.ts'),
  resource: () => import('../edpsych-resource/edpsych-resource.ts'),
  path: () => import('../edpsych-path/edpsych-path.ts'),
}

/** Loads what a preview of that kind needs. */
export async function loadPreview({ kind }: Candidate): Promise<void> {
  await elements[kind]?.()
}

/** A look at one title before it is chosen. */
export function previewPane(candidate: Candidate, pane: Pane): TemplateResult {
  return html`<div class="pane-head">
      <h3 id="pane-title" tabindex="-1">${preview()}</h3>
      <button type="button" class="button link" @click=${pane.close}>${closePreview()}</button>
    </div>
    <div class="card">${content(candidate, pane)}</div>`
}

function content({ kind, id, title }: Candidate, { client, theme }: Pane): TemplateResult {
  switch (kind) {
    case 'item':
      return html`<edpsych-assessment preview heading-level="4" item-id=${id} .client=${client} .theme=${theme}></edpsych-assessment>`
    case 'resource':
      return html`<edpsych-resource heading-level="4" resource-id=${id} .client=${client} .theme=${theme}></edpsych-resource>`
    case 'path':
      return html`<edpsych-path preview heading-level="4" path-id=${id} .client=${client} .theme=${theme}></edpsych-path>`
    case 'dashboard':
      return html`<h4>${title}</h4><p>${courseResultsFact()}</p>`
  }
}
