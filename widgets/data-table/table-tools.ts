import { html, nothing, type TemplateResult } from 'lit'
import type { MenuElement } from '../dashboard/menu.ts'
import { forgetView, savedViews, saveView } from './saved-views.ts'
import { queryOf } from './table-declaration.ts'
import type { TableHost } from './table-host.ts'

// Listeners are on fields of ours, of exactly these kinds.
const valueIn = (event: Event) =>
  (event.currentTarget as HTMLInputElement | HTMLSelectElement).value

/** Search, filters and – where the headings are not shown – the order. */
export function filterFields<Row>(table: TableHost<Row>): TemplateResult {
  const { search, filters, sort } = table.table
  const sortable = table.columns.filter((column) => column.sort !== undefined)
  return html`<form class="filters" role="search" @submit=${(event: Event) => event.preventDefault()}>
    ${
      table.searchLabel === undefined
        ? nothing
        : html`<div class="field search"><label for="search">${table.searchLabel}</label>
            <input id="search" type="search" autocomplete="off" .value=${search}
              @input=${(event: Event) => table.searchFor(valueIn(event), 'soon')}
              @change=${(event: Event) => table.searchFor(valueIn(event), 'once')} /></div>`
    }
    ${table.filters.map(
      ({
        name,
        label,
        options,
      }) => html`<div class="field"><label for="filter-${name}">${label}</label>
        <select id="filter-${name}" @change=${(event: Event) => table.filterBy(name, valueIn(event))}>
          <option value="" ?selected=${filters[name] === undefined}>any</option>
          ${options.map(([value, text]) => html`<option value=${value} ?selected=${filters[name] === value}>${text}</option>`)}
        </select></div>`,
    )}
    ${
      sortable.length === 0
        ? nothing
        : html`<div class="field order"><label for="order">Order</label>
            <select id="order" @change=${(event: Event) => table.show({ ...table.table, sort: valueIn(event) })}>
              <option value="" ?selected=${sort === ''}>as it comes</option>
              ${sortable.flatMap(({ sort: field = '', label }) => [
                html`<option value=${field} ?selected=${sort === field}>${label}, upwards</option>`,
                html`<option value="-${field}" ?selected=${sort === `-${field}`}>${label}, downwards</option>`,
              ])}
            </select></div>`
    }
  </form>`
}

export function columnMenu<Row>(table: TableHost<Row>): TemplateResult {
  const shown = table.shownColumns.map(({ id }) => id)
  const toggle = (id: string, isWanted: boolean) =>
    table.chooseColumns(isWanted ? [...shown, id] : shown.filter((known) => known !== id))
  return html`<edpsych-menu label="Columns" .theme=${table.theme}>
    <fieldset>
      <legend>Columns</legend>
      ${table.columns.slice(1).map(
        ({ id, label }) => html`<label class="check">
          <input type="checkbox" .checked=${shown.includes(id)}
            @change=${(event: Event) => toggle(id, (event.currentTarget as HTMLInputElement).checked)} />
          ${label}
        </label>`,
      )}
    </fieldset>
  </edpsych-menu>`
}

export function viewMenu<Row>(table: TableHost<Row>, key: string): TemplateResult {
  const views = savedViews(key)
  function close(event: Event): void {
    const menu = (event.currentTarget as Element).closest<MenuElement>('edpsych-menu')
    menu?.close()
  }
  function save(event: Event): void {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const name = String(new FormData(form).get('name')).trim()
    if (name === '') return
    const query = new URLSearchParams(queryOf(table.table)).toString()
    saveView(key, { name, query, columns: table.shownColumns.map(({ id }) => id) })
    form.reset()
    table.requestUpdate()
  }
  return html`<edpsych-menu label="Saved views" .theme=${table.theme}>
    ${
      views.length === 0
        ? html`<p class="hint">Filter and sort as you like, then give it a name. It is kept in this browser, for you alone.</p>`
        : html`<ul class="views">
            ${views.map(
              (view) => html`<li>
                <button type="button" class="button link" @click=${(event: Event) => {
                  table.openView(view)
                  close(event)
                }}>${view.name}</button>
                <button type="button" class="button link" aria-label="Forget the view ${view.name}" @click=${() => {
                  forgetView(key, view.name)
                  table.requestUpdate()
                }}>Forget</button>
              </li>`,
            )}
          </ul>`
    }
    <form class="save-view" @submit=${save}>
      <div class="field"><label for="view-name">Name of this view</label>
        <input id="view-name" name="name" maxlength="60" required autocomplete="off" /></div>
      <button class="button">Save this view</button>
    </form>
  </edpsych-menu>`
}

export function pager<Row>(table: TableHost<Row>): TemplateResult | typeof nothing {
  const { cursors, nextCursor } = table
  if (cursors.length === 0 && nextCursor === null) return nothing
  return html`<nav class="pager" aria-label="Pages of ${table.caption.toLowerCase()}">
    <button type="button" class="button secondary" ?disabled=${table.busy || cursors.length === 0}
      @click=${() => table.turn(cursors.slice(0, -1))}>Previous page</button>
    <span>${table.summary}</span>
    <button type="button" class="button secondary" ?disabled=${table.busy || nextCursor === null}
      @click=${() => table.turn(nextCursor === null ? cursors : [...cursors, nextCursor])}>Next page</button>
  </nav>`
}
