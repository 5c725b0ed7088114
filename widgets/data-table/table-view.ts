import { html, nothing, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Column } from './table-declaration.ts'
import type { TableHost } from './table-host.ts'

// As cards, table elements are no longer laid out as a table; the roles keep them one for a screen reader.

function heading<Row>(table: TableHost<Row>, column: Column<Row>): TemplateResult {
  const { sort: field, label } = column
  const className = column.numeric ? 'number' : ''
  if (field === undefined) {
    return html`<th scope="col" role="columnheader" class=${className}>${label}</th>`
  }
  const { sort } = table.table
  const direction = sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : undefined
  const arrow = direction === undefined ? '↕' : direction === 'ascending' ? '↑' : '↓'
  return html`<th scope="col" role="columnheader" class=${className} aria-sort=${direction ?? nothing}>
    <button type="button" class="sort" @click=${() => table.sortBy(field)}>
      ${label}<span class=${direction ? 'arrow on' : 'arrow'} aria-hidden="true">${arrow}</span>
    </button>
  </th>`
}

function rowOf<Row>(
  table: TableHost<Row>,
  columns: readonly Column<Row>[],
  row: Row,
): TemplateResult {
  const fresh = table.freshness(row)
  const [first, ...others] = columns
  const href = table.rowHref?.(row)
  const name = first?.cell(row)
  return html`<tr role="row">
    <th scope="row" role="rowheader" class=${fresh > 0 ? 'fresh' : ''}>
      ${keyed(fresh, html`${href === undefined ? name : html`<a href=${href}>${name}</a>`}`)}
    </th>
    ${others.map(
      (column) => html`<td role="cell" class=${column.numeric ? 'number' : ''}>
        <span class="cell-label">${column.label}</span>
        <span class="cell">${column.cell(row)}</span>
      </td>`,
    )}
  </tr>`
}

/** The rows that are shown; cards where the element is narrow. */
export function tableOf<Row>(table: TableHost<Row>): TemplateResult {
  const columns = table.shownColumns
  return html`<div class="table-wrap" tabindex="0" role="region" aria-label=${table.caption} aria-busy=${table.busy ? 'true' : 'false'}>
    <table role="table">
      <caption>${table.caption}: ${table.summary}</caption>
      <thead role="rowgroup"><tr role="row">${columns.map((column) => heading(table, column))}</tr></thead>
      <tbody role="rowgroup">
        ${repeat(table.rows, table.rowKey, (row) => rowOf(table, columns, row))}
      </tbody>
    </table>
  </div>`
}
