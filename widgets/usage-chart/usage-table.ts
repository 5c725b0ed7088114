import { html, type TemplateResult } from 'lit'
import { formatNumber } from '../core/messages.ts'
import * as messages from './messages.ts'
import { bands, type UsageSeries } from './usage-series.ts'

/** The numbers of the chart: what a screen reader reads and a person can copy. */
export function usageTable(
  { labels, values, total }: UsageSeries,
  group: messages.ShownGroup,
): TemplateResult {
  return html`<div class="table" tabindex="0" role="group" aria-label=${messages.title()}>
    <table>
      <caption class="visually-hidden">${messages.title()}: ${messages.calls(total)}</caption>
      <thead>
        <tr>
          <th scope="col">${messages.groupName(group)}</th>
          ${bands.map((band) => html`<th scope="col">${messages.bandName(band)}</th>`)}
          <th scope="col">${messages.total()}</th>
        </tr>
      </thead>
      <tbody>
        ${labels.map((label, index) => {
          const counts = bands.map((band) => values[band][index] ?? 0)
          return html`<tr>
            <th scope="row">${label}</th>
            ${counts.map((count) => html`<td>${formatNumber(count)}</td>`)}
            <td>${formatNumber(counts.reduce((sum, count) => sum + count, 0))}</td>
          </tr>`
        })}
      </tbody>
    </table>
  </div>`
}
