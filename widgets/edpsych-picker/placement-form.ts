import { css, html, nothing, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { ConnectElement } from '../core/connect-element.ts'
import type { Candidate } from './candidate.ts'
import { type Placement, type PlacementAccepted, placementOf } from './placement.ts'
import * as messages from './placement-messages.ts'

/** @summary Title, points and dates of what was chosen, one group of fields each. */
export class PlacementFormElement extends ConnectElement {
  static override styles = [
    ConnectElement.styles,
    css`
      fieldset {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr));
        gap: 0.75rem 1.25rem;
        margin: 0 0 1rem;
        padding: 0.85rem 1rem;
        border: var(--ep-border) solid var(--ep-line);
        border-radius: var(--ep-radius);
      }
      legend {
        padding: 0 0.35rem;
        font-weight: 600;
      }
      label {
        display: block;
        margin-bottom: 0.25rem;
      }
      input:not([type='checkbox']) {
        width: 100%;
      }
      .check {
        align-self: end;
      }
    `,
  ]

  @property({ attribute: false }) chosen: readonly Candidate[] = []
  @property({ attribute: false }) accepted: PlacementAccepted | undefined

  /** For a keyboard: from its title on. */
  override async focus(): Promise<void> {
    await this.focusOn('h3')
  }

  /** What was asked for of one choice. */
  placement({ kind, id }: Pick<Candidate, 'kind' | 'id'>): Placement {
    const key = keyOf({ kind, id })
    const field = (name: string) => this.field(key, name)?.value ?? ''
    return placementOf({
      title: field('title'),
      points: field('points'),
      opens: field('opens'),
      closes: field('closes'),
      due: field('due'),
      inWindow: this.field(key, 'window')?.checked ?? false,
    })
  }

  /** Whether everything can be asked for as it stands; else the first field that is wrong says why. */
  isValid(): boolean {
    for (const key of this.chosen.map(keyOf)) {
      const opens = this.field(key, 'opens')?.value ?? ''
      for (const name of ['closes', 'due']) {
        const input = this.field(key, name)
        const isEarly = input !== undefined && input.value !== '' && input.value <= opens
        input?.setCustomValidity(isEarly ? messages.order() : '')
      }
    }
    const wrong = [...this.renderRoot.querySelectorAll('input')].find(
      (input) => !input.checkValidity(),
    )
    return wrong?.reportValidity() ?? true
  }

  private field(key: string, name: string): HTMLInputElement | undefined {
    const selector = `#${CSS.escape(`${name}-${key}`)}`
    return this.renderRoot.querySelector<HTMLInputElement>(selector) ?? undefined
  }

  protected override render(): TemplateResult {
    return html`<section aria-labelledby="placement-title">
      <h3 id="placement-title" tabindex="-1">${messages.title()}</h3>
      <p class="hint">${messages.whoDecides()}</p>
      ${repeat(this.chosen, keyOf, (candidate) => this.group(candidate))}
    </section>`
  }

  private group(candidate: Candidate): TemplateResult {
    const { title, maxScore } = candidate
    const key = keyOf(candidate)
    const isGraded = maxScore !== undefined && maxScore > 0 && this.accepted?.lineItem
    const date = (name: string, label: string) =>
      html`<div>
        <label for="${name}-${key}">${label}</label>
        <input id="${name}-${key}" type="datetime-local" />
      </div>`
    return html`<fieldset>
      <legend>${title}</legend>
      <div>
        <label for="title-${key}">${messages.linkTitle()}</label>
        <input id="title-${key}" type="text" maxlength="200" placeholder=${title} />
      </div>
      ${
        isGraded
          ? html`<div>
              <label for="points-${key}">${messages.points()}</label>
              <input id="points-${key}" type="number" min="0" max="100000" step="any" placeholder=${maxScore} aria-describedby="points-hint-${key}" />
              <span class="hint" id="points-hint-${key}">${messages.pointsHint(String(maxScore))}</span>
            </div>`
          : nothing
      }
      ${date('opens', messages.opens())} ${date('closes', messages.closes())}
      ${isGraded ? date('due', messages.due()) : nothing}
      ${
        this.accepted?.targets.includes('window') && this.accepted.targets.includes('iframe')
          ? html`<div class="check">
              <label><input id="window-${key}" type="checkbox" /> ${messages.window()}</label>
            </div>`
          : nothing
      }
    </fieldset>`
  }
}

/** Its fields stay with it while others are chosen or left. */
function keyOf({ kind, id }: Pick<Candidate, 'kind' | 'id'>): string {
  return `${kind}-${id}`
}

customElements.define('edpsych-placement-form', PlacementFormElement)

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-placement-form': PlacementFormElement
  }
}
