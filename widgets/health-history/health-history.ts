import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ConnectElement } from '../core/connect-element.ts'
import type { HistoryLook } from './draw-history.ts'
import {
  type HistoryPoint,
  linesOf,
  type Measure,
  measureNames,
  measures,
  sentenceOf,
} from './history-series.ts'

const hourMs = 3600 * 1000

/**
 * @summary How a connection did over time, as a drawing and as a table with the same numbers.
 * @attr label - What the numbers are of.
 */
export class HealthHistoryElement extends ConnectElement {
  static override styles = [
    ConnectElement.styles,
    css`
      figure {
        min-width: 0;
        margin: 0;
      }
      label {
        display: block;
        max-width: 100%;
      }
      select {
        width: 100%;
        min-width: 0;
        max-width: 24rem;
      }
      canvas {
        max-width: 100%;
      }
      .drawing {
        height: 17rem;
        margin: 0.75rem 0;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
        padding: 0;
        list-style: none;
      }
      .swatch {
        display: inline-block;
        width: 0.85em;
        height: 0.85em;
        margin-inline-end: 0.45em;
        border-radius: 0.2em;
        background: currentcolor;
        vertical-align: -0.05em;
      }
      .good {
        color: var(--ep-success);
      }
      .bad {
        color: var(--ep-danger);
      }
      .primary {
        color: var(--ep-primary);
      }
      .accent {
        color: var(--ep-accent-text);
      }
      .muted,
      .grid {
        color: var(--ep-line);
      }
      .scroll {
        max-height: 24rem;
        overflow: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.35rem 0.75rem;
        border-top: var(--ep-border) solid var(--ep-line);
        text-align: end;
      }
      th:first-child {
        text-align: start;
      }
      summary {
        min-height: 2.25rem;
        color: var(--ep-primary);
        font-weight: 600;
        cursor: pointer;
      }
    `,
  ]

  @property() label = ''
  @property({ attribute: false }) points: readonly HistoryPoint[] = []
  @property() measure: Measure = 'requests'
  @state() private isVisible = false
  @state() private drawingFailed = false
  private removeDrawing: (() => void) | undefined
  private observer: IntersectionObserver | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    // The drawing is loaded when somebody can see it.
    this.observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.isVisible = true
    })
    this.observer.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.observer?.disconnect()
    this.removeDrawing?.()
    this.removeDrawing = undefined
  }

  private get labels(): readonly string[] {
    const [first, second] = this.points
    const isShort =
      first !== undefined &&
      second !== undefined &&
      Date.parse(second.at) - Date.parse(first.at) < 24 * hourMs
    const format = new Intl.DateTimeFormat('en-GB', {
      day: 'numeric',
      month: 'short',
      ...(isShort ? { hour: '2-digit', minute: '2-digit' } : {}),
    })
    return this.points.map(({ at }) => format.format(new Date(at)))
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    // Private members are changes, too, and the type of the map leaves them out.
    const names: ReadonlyMap<unknown, unknown> = changed
    const isStale = ['points', 'measure', 'theme', 'isVisible'].some((name) => names.has(name))
    if (isStale && this.isVisible && !this.drawingFailed) void this.draw()
  }

  private async draw(): Promise<void> {
    const canvas = this.renderRoot.querySelector('canvas')
    if (!canvas) return
    const { measure, points, labels } = this
    try {
      const { drawHistory } = await import('./draw-history.ts')
      if (!canvas.isConnected || measure !== this.measure || points !== this.points) return
      this.removeDrawing?.()
      const kind = measure === 'latency' ? 'line' : 'bar'
      this.removeDrawing = drawHistory(
        canvas,
        { labels, ...linesOf(points, measure) },
        kind,
        this.look(),
      )
    } catch {
      // Without the drawing, the table still says everything.
      this.drawingFailed = true
    }
  }

  /** Colours as the theme resolves them: a canvas knows no custom properties. */
  private look(): HistoryLook {
    const own = getComputedStyle(this)
    const colourOf = (name: string) => {
      const sample = this.renderRoot.querySelector(`.samples .${name}`)
      return sample ? getComputedStyle(sample).color : own.color
    }
    return {
      colours: {
        good: colourOf('good'),
        bad: colourOf('bad'),
        primary: colourOf('primary'),
        accent: colourOf('accent'),
        muted: colourOf('muted'),
      },
      text: own.color,
      grid: colourOf('grid'),
      font: own.fontFamily,
    }
  }

  protected override render(): TemplateResult {
    const { lines, unit } = linesOf(this.points, this.measure)
    return html`<div class="field">
        <label for="measure">Show</label>
        <select id="measure" @change=${(event: Event) => {
          // The options are exactly the measures.
          this.measure = (event.currentTarget as HTMLSelectElement).value as Measure
        }}>
          ${measures.map((measure) => html`<option value=${measure} ?selected=${measure === this.measure}>${measureNames[measure]}</option>`)}
        </select>
      </div>
      <figure>
        <figcaption>${this.label}: ${sentenceOf(this.points)}</figcaption>
        ${
          this.points.length === 0
            ? nothing
            : html`<div class="drawing" aria-hidden="true" ?hidden=${this.drawingFailed}><canvas></canvas></div>
              ${this.drawingFailed ? html`<p class="hint">The drawing could not be loaded; the table has the same numbers.</p>` : nothing}
              <ul class="legend">${lines.map(({ name, tone }) => html`<li><span class="swatch ${tone}"></span>${name}</li>`)}</ul>
              <details ?open=${this.drawingFailed}>
                <summary>Show the numbers as a table</summary>
                ${this.table(lines, unit)}
              </details>`
        }
        <span class="samples" hidden>${['good', 'bad', 'primary', 'accent', 'muted', 'grid'].map((name) => html`<span class=${name}></span>`)}</span>
      </figure>`
  }

  private table(lines: ReturnType<typeof linesOf>['lines'], unit: string): TemplateResult {
    const number = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${this.label}>
      <table>
        <caption class="visually-hidden">${measureNames[this.measure]}, in ${unit}</caption>
        <thead><tr><th scope="col">From</th>${lines.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>
          ${this.labels.map(
            (label, index) => html`<tr><th scope="row">${label}</th>
              ${lines.map(({ values }) => {
                const value = values[index] ?? null
                return html`<td>${value === null ? '–' : number.format(value)}</td>`
              })}</tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }
}

customElements.define('edpsych-health-history', HealthHistoryElement)
