import { Task } from '@lit/task'
import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit'
import { property, state } from 'lit/decorators.js'
import { ConnectElement } from '../core/connect-element.ts'
import { failureOf } from '../core/failure.ts'
import { currentLocale } from '../core/localization.ts'
import { emptyState, failureState, loadingState } from '../core/states.ts'
import type { ChartLook } from './draw-chart.ts'
import * as messages from './messages.ts'
import styles from './usage-chart.css?inline'
import { bands, seriesOf, type UsageSeries } from './usage-series.ts'
import { usageTable } from './usage-table.ts'

const periods = [7, 30, 90, 365]
/** Drawn as columns; all others have names that need a line each. */
const upright: ReadonlySet<messages.ShownGroup> = new Set(['day', 'month', 'status'])
const dayMs = 24 * 3600 * 1000

/**
 * @summary How often the API was called, by day, operation, status or key, with the same numbers as a table.
 * @attr tenant-id - An organisation below the reader's own.
 * @attr below - Count all organisations below as well.
 * @attr key-id - One key or client only.
 * @attr group - What is shown first: `day`, `month`, `operation`, `status`, `key`, `caller` or `tenant`.
 * @attr days - Days up to and with today.
 * @attr fixed-period - The page around it chooses the period.
 * @fires edpsych-error - The numbers could not be read.
 */
export class UsageChartElement extends ConnectElement {
  static override styles = [ConnectElement.styles, unsafeCSS(styles)]

  @property({ attribute: 'tenant-id' }) tenantId: string | undefined
  @property({ type: Boolean }) below = false
  @property({ attribute: 'key-id' }) keyId: string | undefined
  @property() group: messages.ShownGroup = 'day'
  /** The page around it chooses the period. */
  @property({ type: Boolean, attribute: 'fixed-period' }) fixedPeriod = false
  /** Days up to and with today. */
  @property({ type: Number }) days = 30

  @state() private isVisible = false
  @state() private drawingFailed = false
  private removeChart: (() => void) | undefined
  private drawn: UsageSeries | undefined
  private observer: IntersectionObserver | undefined

  private readonly usage = new Task(this, {
    args: () =>
      [this.client, this.group, this.days, this.tenantId, this.keyId, this.below] as const,
    task: async ([client, group, days, tenantId, keyId, below], { signal }) => {
      const from = new Date(Date.now() - (days - 1) * dayMs).toISOString().slice(0, 10)
      const usage = await client('GET /api/v1/usage', {
        query: {
          from,
          groupBy: group,
          ...(group === 'status' ? {} : { splitBy: 'status' as const }),
          ...(tenantId ? { tenantId } : {}),
          ...(keyId ? { keyId } : {}),
          ...(below ? { below: 'true' as const } : {}),
        },
        signal,
      })
      return { series: seriesOf(usage), truncated: usage.truncated }
    },
    onComplete: ({ series }) => {
      if (this.drawn) this.announce(messages.updated(series.total))
    },
    onError: (error) => {
      this.fail(error)
    },
  })

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
    this.removeChart?.()
    this.removeChart = undefined
    this.drawn = undefined
  }

  protected override render(): TemplateResult {
    return html`
      <div class="controls">
        ${this.choice(
          'group',
          messages.showBy(),
          this.groups.map((group) => [group, messages.groupName(group)]),
          this.group,
        )}
        ${
          this.fixedPeriod
            ? nothing
            : this.choice(
                'days',
                messages.period(),
                periods.map((days) => [String(days), messages.days(days)]),
                String(this.days),
              )
        }
      </div>
      ${
        this.usage.render({
          complete: ({ series, truncated }) => this.figure(series, truncated),
          error: (error) => failureState(failureOf(error), () => void this.usage.run()),
        }) ?? loadingState(messages.loadingUsage())
      }
    `
  }

  /** Organisations are told apart only where there are several. */
  private get groups(): messages.ShownGroup[] {
    return messages.shownGroups.filter((group) => group !== 'tenant' || this.below)
  }

  private choice(
    name: 'group' | 'days',
    label: string,
    options: readonly (readonly [string, string])[],
    chosen: string,
  ): TemplateResult {
    return html`<div class="field">
      <label for=${name}>${label}</label>
      <select id=${name} @change=${(event: Event) => this.choose(name, event)}>
        ${options.map(
          ([value, text]) =>
            html`<option value=${value} ?selected=${value === chosen}>${text}</option>`,
        )}
      </select>
    </div>`
  }

  private choose(name: 'group' | 'days', event: Event): void {
    // The listener is on a select of ours whose options are exactly these values.
    const { value } = event.target as HTMLSelectElement
    if (name === 'days') this.days = Number(value)
    else this.group = value as messages.ShownGroup
  }

  private figure(series: UsageSeries, truncated: boolean): TemplateResult {
    if (series.total === 0) return emptyState(messages.nothingTitle(), messages.nothingText())
    const isSideways = !upright.has(this.group)
    return html`<figure>
      <figcaption>${messages.title()}: ${messages.calls(series.total)}</figcaption>
      <div class="drawing ${isSideways ? 'sideways' : ''}" aria-hidden="true" ?hidden=${this.drawingFailed}>
        <canvas></canvas>
      </div>
      ${this.drawingFailed ? html`<p class="hint">${messages.chartFailed()}</p>` : nothing}
      <ul class="legend">
        ${bands.map((band) => html`<li><span class="swatch ${band}"></span>${messages.bandName(band)}</li>`)}
      </ul>
      <span class="lines" hidden></span>
      ${truncated ? html`<p class="hint">${messages.truncated()}</p>` : nothing}
      <details ?open=${this.drawingFailed}>
        <summary>${messages.asTable()}</summary>
        ${usageTable(series, this.group)}
      </details>
    </figure>`
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed)
    const series = this.usage.value?.series
    const canvas = this.renderRoot.querySelector('canvas')
    if (!canvas) {
      this.removeChart?.()
      this.removeChart = undefined
      this.drawn = undefined
      return
    }
    const isStale = series !== this.drawn || changed.has('theme')
    if (this.isVisible && series && isStale && !this.drawingFailed) void this.draw(canvas, series)
  }

  private async draw(canvas: HTMLCanvasElement, series: UsageSeries): Promise<void> {
    this.drawn = series
    try {
      const { drawChart } = await import('./draw-chart.ts')
      if (this.drawn !== series || !canvas.isConnected) return
      this.removeChart?.()
      const sideways = canvas.parentElement?.classList.contains('sideways') ?? false
      this.removeChart = drawChart(canvas, series, this.look(), { sideways })
    } catch {
      // Without the drawing, the table still says everything.
      this.drawingFailed = true
    }
  }

  /** Colours as the theme resolves them: a canvas knows no custom properties. */
  private look(): ChartLook {
    const colourOf = (selector: string) => {
      const element = this.renderRoot.querySelector(selector)
      return element ? getComputedStyle(element).color : 'gray'
    }
    const own = getComputedStyle(this)
    return {
      colours: {
        answered: colourOf('.swatch.answered'),
        refused: colourOf('.swatch.refused'),
        failed: colourOf('.swatch.failed'),
      },
      names: {
        answered: messages.bandName('answered'),
        refused: messages.bandName('refused'),
        failed: messages.bandName('failed'),
      },
      text: own.color,
      line: colourOf('.lines'),
      font: own.fontFamily,
      locale: currentLocale(),
    }
  }
}

customElements.define('edpsych-usage-chart', UsageChartElement)

declare global {
  interface HTMLElementTagNameMap {
    'edpsych-usage-chart': UsageChartElement
  }
}
