import { css, html, LitElement, svg, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import { tokens } from '../core/styles.ts'
import { type StateKind, stateWord, type Tone } from './state-words.ts'

const shapes: Record<Tone, TemplateResult> = {
  good: svg`<circle cx="8" cy="8" r="7" /><path class="mark" d="m4.6 8.3 2.3 2.3 4.5-5" />`,
  busy: svg`<circle cx="8" cy="8" r="7" /><path class="mark" d="M8 4.2V8l2.6 1.8" />`,
  warn: svg`<path d="M8 1 15.4 14.4H.6z" /><path class="mark" d="M8 5.8v4M8 12v.2" />`,
  bad: svg`<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" /><path class="mark" d="m5.4 5.4 5.2 5.2m0-5.2-5.2 5.2" />`,
  idle: svg`<circle cx="8" cy="8" r="7" /><path class="mark" d="M6.2 5.2v5.6m3.6-5.6v5.6" />`,
  none: svg`<circle class="ring" cx="8" cy="8" r="6" />`,
}

/**
 * @summary A state as a word with an icon of its own shape; colour only helps.
 * @attr kind - What has the state: `connection`, `health`, `problem`, `severity`, `step`, `act`, `run` or `sending`.
 * @attr state - The state as the API names it.
 */
export class StateBadgeElement extends LitElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: 0.4em;
        font-weight: 600;
        white-space: nowrap;
      }
      svg {
        flex: none;
        width: 1.05em;
        height: 1.05em;
        fill: currentcolor;
      }
      .mark,
      .ring {
        fill: none;
        stroke: var(--ep-surface);
        stroke-width: 2;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      .ring {
        stroke: currentcolor;
      }
      .good {
        color: var(--ep-success);
      }
      .warn {
        color: var(--ep-warning);
      }
      .bad {
        color: var(--ep-danger);
      }
      .busy {
        color: var(--ep-primary);
      }
      .idle,
      .none {
        color: var(--ep-muted);
      }
      .word {
        color: var(--ep-text);
      }
    `,
  ]

  @property() kind: StateKind = 'connection'
  @property() state = ''
  @property({ reflect: true }) theme: 'light' | 'dark' | undefined

  protected override render() {
    const { word, tone } = stateWord(this.kind, this.state)
    return html`<svg class=${tone} viewBox="0 0 16 16" aria-hidden="true">${shapes[tone]}</svg><span class="word">${word}</span>`
  }
}

customElements.define('edpsych-state-badge', StateBadgeElement)
