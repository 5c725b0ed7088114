import { html } from 'lit'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { ApiError } from '../../shared/api/client.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { problem } from '../core/testing/fake-api.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { DataTableElement } from './data-table.ts'
import type { Column, Filter, LoadRows } from './table-declaration.ts'

interface Fruit {
  readonly id: string
  readonly name: string
  readonly stock: number
}

const columns: readonly Column<Fruit>[] = [
  { id: 'name', label: 'Name', sort: 'name', cell: ({ name }) => name, text: ({ name }) => name },
  {
    id: 'stock',
    label: 'Stock',
    sort: 'stock',
    numeric: true,
    cell: ({ stock }) => html`<b>${stock}</b>`,
    text: ({ stock }) => stock,
  },
  { id: 'id', label: 'Reference', hidden: true, cell: ({ id }) => id, text: ({ id }) => id },
]

const filters: readonly Filter[] = [
  {
    name: 'kind',
    label: 'Kind',
    options: [
      ['soft', 'Soft'],
      ['hard', 'Hard'],
    ],
  },
]

const many = Array.from({ length: 2345 }, (_, index) => ({
  id: `frt_${index}`,
  name: index === 3 ? '=HYPERLINK("x")' : `Fruit ${index}`,
  stock: index,
}))

const asked: Record<string, string>[] = []

/** A server of fruit: pages by position, counts on the first page. */
function serve(rows: readonly Fruit[], slowMs = 0): LoadRows<Fruit> {
  return async (query, signal) => {
    asked.push({ ...query })
    await new Promise((resolve) => setTimeout(resolve, slowMs))
    signal.throwIfAborted()
    const start = Number(query['cursor'] ?? 0)
    const end = start + Number(query['limit'])
    return {
      data: rows.slice(start, end),
      nextCursor: end < rows.length ? String(end) : null,
      ...(query['include'] === 'count' ? { count: { value: rows.length, capped: false } } : {}),
    }
  }
}

async function open(more: Partial<DataTableElement<Fruit>> = {}) {
  const element = await show<DataTableElement<Fruit>>(DataTableElement<Fruit>, {
    caption: 'Fruit',
    searchLabel: 'Search fruit',
    columns,
    filters,
    rowKey: ({ id }) => id,
    rowHref: ({ id }) => `/fruit/${id}`,
    load: serve(many),
    ...more,
  })
  await expect.poll(() => element.renderRoot.querySelector('table, .empty, .notice')).not.toBeNull()
  return element
}

const namesOf = (element: DataTableElement<Fruit>) =>
  [...element.renderRoot.querySelectorAll('tbody th')].map((cell) => cell.textContent?.trim())

beforeEach(() => {
  asked.length = 0
  localStorage.clear()
  history.replaceState(null, '', location.pathname)
})

afterEach(async () => {
  document.body.removeAttribute('style')
  await page.viewport(1000, 700)
})

it('has nothing that axe objects to: wide, narrow, with its menus open, in the dark', async () => {
  await page.viewport(1000, 700)
  const element = await open({ viewsKey: 'test' })
  await expectAccessible()

  for (const menu of element.renderRoot.querySelectorAll('edpsych-menu')) {
    menu.shadowRoot?.querySelector('summary')?.click()
  }
  await expectAccessible()
  element.theme = 'dark'
  document.body.style.background = '#121126'
  // Colours move for a moment.
  await new Promise((resolve) => setTimeout(resolve, 300))
  await expectAccessible()
  await page.viewport(320, 700)
  await expectAccessible()
})

it('shows a page of thousands and turns to the next and back by keyboard', async () => {
  const element = await open()
  expect(namesOf(element)).toHaveLength(50)
  expect(textIn(element)).toContain('1–50 of 2,345')

  await tabTo('Next page')
  await press('Enter')
  await expect.poll(() => textIn(element)).toContain('51–100 of 2,345')
  expect(namesOf(element)[0]).toBe('Fruit 50')
  expect(focused()?.className).toBe('table-wrap')

  await tabTo('Previous page')
  await press('Enter')
  await expect.poll(() => namesOf(element)[0]).toBe('Fruit 0')
})

it('links each row to its own page', async () => {
  const element = await open()

  const link = element.renderRoot.querySelector('tbody th a')

  expect(link?.getAttribute('href')).toBe('/fruit/frt_0')
})

it('sorts by its headings and says so with aria-sort', async () => {
  await page.viewport(1000, 700)
  const element = await open()
  const sortOf = () => element.renderRoot.querySelectorAll('thead th')[1]?.getAttribute('aria-sort')
  expect(sortOf()).toBeNull()

  element.renderRoot.querySelectorAll<HTMLElement>('.sort')[1]?.focus()
  await press('Enter')
  await expect.poll(() => asked.at(-1)?.['sort']).toBe('stock')
  expect(sortOf()).toBe('ascending')

  await press('Enter')
  await expect.poll(() => asked.at(-1)?.['sort']).toBe('-stock')
  expect(sortOf()).toBe('descending')

  await press('Enter')
  await expect.poll(() => 'sort' in (asked.at(-1) ?? {})).toBe(false)
})

it('keeps filter, order and search in the address and follows it when it changes', async () => {
  history.replaceState(null, '', '?tab=one&kind=soft&sort=-stock&q=plum')
  const element = await open({ inAddress: true })
  expect(asked[0]).toMatchObject({ kind: 'soft', sort: '-stock', q: 'plum' })

  element.filterBy('kind', '')
  await expect.poll(() => asked.at(-1)?.['kind']).toBeUndefined()
  expect(location.search).toBe('?tab=one&sort=-stock&q=plum')

  history.pushState(null, '', '?kind=hard')
  dispatchEvent(new PopStateEvent('popstate'))
  await expect.poll(() => asked.at(-1)).toMatchObject({ kind: 'hard', include: 'count' })
})

it('asks once for what was typed, not for every letter', async () => {
  const element = await open()
  const before = asked.length

  await tabTo('Search fruit')
  for (const letter of 'pear') await press(letter)

  await expect.poll(() => asked.at(-1)?.['q']).toBe('pear')
  expect(asked.length - before).toBeLessThanOrEqual(2)
  expect(element.isFiltered).toBe(true)
})

it('lets a filter that finds nothing be taken back', async () => {
  const element = await open({
    load: (query, signal) => serve(query['kind'] === 'hard' ? [] : many)(query, signal),
  })

  element.filterBy('kind', 'hard')
  await expect.poll(() => textIn(element)).toContain('Nothing matches this filter')
  await tabTo('Show everything')
  await press('Enter')

  await expect.poll(() => namesOf(element).length).toBe(50)
})

it('shows what its page says of an empty list', async () => {
  const element = await open({ load: serve([]) })
  element.append('Plant a tree first.')

  await expect.element(page.getByText('Plant a tree first.')).toBeVisible()
  await expectAccessible()
})

it('says what went wrong and tries again', async () => {
  let isAway = true
  const element = await open({
    load: (query, signal) => {
      if (isAway) throw new TypeError('Failed to fetch')
      return serve(many)(query, signal)
    },
  })
  expect(textIn(element)).toContain('The server cannot be reached')

  isAway = false
  await tabTo('Try again')
  await press('Enter')

  await expect.poll(() => namesOf(element).length).toBe(50)
})

it('shows the columns that are chosen and remembers them', async () => {
  const element = await open({ viewsKey: 'ten_1:usr_1' })
  expect(textIn(element)).not.toContain('frt_0')

  element.chooseColumns(['id'])
  await element.updateComplete
  const headings = () =>
    [...element.renderRoot.querySelectorAll('thead th')].map((cell) => cell.textContent?.trim())
  expect(headings()[1]).toContain('Reference')

  const again = await open({ viewsKey: 'ten_1:usr_1' })
  expect([...again.renderRoot.querySelectorAll('thead th')]).toHaveLength(2)
  const ofAnother = await open({ viewsKey: 'ten_1:usr_2' })
  expect(textIn(ofAnother)).not.toContain('Reference')
})

it('saves a view under a name and opens it again, by keyboard', async () => {
  const element = await open({ viewsKey: 'ten_1:usr_1' })
  element.filterBy('kind', 'soft')
  await tabTo('Saved views')
  await press('Enter')
  await tabTo('Name of this view')
  for (const letter of 'soft') await press(letter)
  await press('Enter')

  const again = await open({ viewsKey: 'ten_1:usr_1' })
  await tabTo('Saved views')
  await press('Enter')
  await tabTo('soft')
  await press('Enter')

  await expect.poll(() => asked.at(-1)?.['kind']).toBe('soft')
  expect(focused()?.textContent).toContain('Saved views')
  expect(again.table.filters).toEqual({ kind: 'soft' })
})

it('exports every page as a file that no spreadsheet runs', async () => {
  const saved: Blob[] = []
  const spy = vi.spyOn(URL, 'createObjectURL').mockImplementation((file) => {
    saved.push(file as Blob)
    return 'blob:nowhere'
  })
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue()
  let refusals = 1
  const element = await open({
    load: async (query, signal) => {
      // In the middle the limit of requests is met once.
      if (query['cursor'] === '400' && refusals-- > 0)
        throw new ApiError(429, await problem(429, 'rate_limited', 'wait').json())
      return serve(many)(query, signal)
    },
  })

  await element.exportAll()
  spy.mockRestore()
  click.mockRestore()

  const lines = (await saved[0]?.text())?.trim().split('\r\n') ?? []
  expect(lines).toHaveLength(2346)
  expect(lines[0]).toBe('Name,Stock')
  expect(lines[4]).toBe(`"'=HYPERLINK(""x"")",3`)
}, 15_000)

it('tells how far an export is and stops it when asked', async () => {
  const element = await open({ load: serve(many, 60) })
  const save = vi.spyOn(URL, 'createObjectURL')

  await tabTo('Export CSV')
  await press('Enter')
  await expect.poll(() => textIn(element)).toMatch(/[24]00 of 2,345 rows/)
  await tabTo('Stop the export')
  await press('Enter')

  await expect.poll(() => textIn(element)).toContain('Export CSV')
  expect(save).not.toHaveBeenCalled()
  save.mockRestore()
})

it('takes a changed row where it stands, and offers what is new instead of moving rows', async () => {
  const element = await open()
  const before = asked.length

  expect(element.put({ id: 'frt_1', name: 'Plum', stock: 7 })).toBe(true)
  expect(element.put({ id: 'frt_9999', name: 'New', stock: 1 })).toBe(false)
  element.offerNews()
  await element.updateComplete

  expect(namesOf(element)[1]).toBe('Plum')
  expect(asked).toHaveLength(before)
  await tabTo('Show what has changed')
  await press('Enter')
  await expect.poll(() => asked.length).toBe(before + 1)
})

it('is readable at 320 pixels: cards, no sideways scrolling, the order in a field', async () => {
  await page.viewport(320, 700)
  const element = await open({ viewsKey: 'test' })

  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320)
  const cells = element.renderRoot.querySelectorAll('tbody tr:first-child .cell-label')
  expect([...cells].map((cell) => cell.checkVisibility())).toEqual([true])
  expect(element.renderRoot.querySelector('#order')?.checkVisibility()).toBe(true)
})
