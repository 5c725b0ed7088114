import { expect, it } from 'vitest'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi, networkFailure, problem } from '../core/testing/fake-api.ts'
import { press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { UsageChartElement } from './usage-chart.ts'

const today = new Date().toISOString().slice(0, 10)

function usageOf(url: URL) {
  const groupBy = url.searchParams.get('groupBy')
  const group = groupBy === 'operation' ? 'GET /api/v1/items' : groupBy === 'status' ? '200' : today
  return {
    from: url.searchParams.get('from'),
    to: today,
    groupBy,
    splitBy: url.searchParams.get('splitBy'),
    total: 7,
    data: [
      { group, split: '200', count: 5 },
      { group, split: '404', count: 2 },
    ],
    truncated: false,
  }
}

const { client, calls } = fakeApi({ 'GET /api/v1/usage': ({ url }) => usageOf(url) })

function paintedPixels(element: UsageChartElement): number {
  const canvas = element.renderRoot.querySelector('canvas')
  if (!canvas || canvas.width === 0) return 0
  const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
  return pixels?.filter((value, index) => index % 4 === 3 && value > 0).length ?? 0
}

async function open(properties: Partial<UsageChartElement> = {}): Promise<UsageChartElement> {
  const element = await show(UsageChartElement, { client, ...properties })
  await expect
    .poll(() => element.renderRoot.querySelector('figure, .empty, [role=alert]'))
    .not.toBeNull()
  return element
}

it('has nothing that axe objects to, closed and with its table open', async () => {
  const element = await open()
  await expectAccessible()

  element.renderRoot.querySelector('summary')?.click()
  await expectAccessible()
})

it('draws what the table says, each day of the period included', async () => {
  const element = await open({ days: 7 })
  await expect.poll(() => paintedPixels(element)).toBeGreaterThan(500)

  const rows = element.renderRoot.querySelectorAll('tbody tr')
  expect(rows).toHaveLength(7)
  const cells = (row: Element | undefined) =>
    [...(row?.children ?? [])].map(({ textContent }) => textContent)
  expect(cells(rows[6])).toEqual([today, '5', '2', '0', '7'])
  expect(cells(rows[0]).at(-1)).toBe('0')
  expect(textIn(element)).toContain('7 calls Answered')
})

it('is used with the keyboard alone', async () => {
  const element = await open()
  // The select's own text are its options.
  await tabTo('Operation')
  await press('ArrowDown')
  await expect.poll(() => calls.at(-1)?.url.searchParams.get('groupBy')).toBe('operation')
  await expect.poll(() => textIn(element)).toContain('7 calls')

  await tabTo('Show the numbers as a table')
  await press('Enter')

  await expect.poll(() => textIn(element)).toContain('GET /api/v1/items')
})

it('asks for one key of one organisation, and by status without a second dimension', async () => {
  await open({ group: 'status', keyId: 'key_1', tenantId: 'ten_1' })

  const query = calls.at(-1)?.url.searchParams
  expect(Object.fromEntries(query ?? [])).toMatchObject({
    groupBy: 'status',
    keyId: 'key_1',
    tenantId: 'ten_1',
  })
  expect(query?.has('splitBy')).toBe(false)
})

it('is drawn only when it can be seen', async () => {
  const element = await show(UsageChartElement, { client })
  element.style.marginTop = '5000px'
  const fresh = new UsageChartElement()
  fresh.client = client
  fresh.style.marginTop = '5000px'
  document.body.append(fresh)
  await expect.poll(() => fresh.renderRoot.querySelector('canvas')).not.toBeNull()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(paintedPixels(fresh)).toBe(0)

  fresh.scrollIntoView()

  await expect.poll(() => paintedPixels(fresh)).toBeGreaterThan(500)
})

it('says so where nobody has called yet', async () => {
  const none = fakeApi({
    'GET /api/v1/usage': ({ url }) => ({ ...usageOf(url), total: 0, data: [] }),
  })
  const element = await open({ client: none.client })

  expect(textIn(element)).toContain('No calls yet')
  await expectAccessible()
})

it('says what went wrong and tries again when asked', async () => {
  let isAway = true
  const failing = fakeApi({
    'GET /api/v1/usage': ({ url }) => (isAway ? networkFailure() : usageOf(url)),
  })
  const element = await open({ client: failing.client })
  expect(textIn(element)).toContain('The server cannot be reached')

  isAway = false
  await tabTo('Try again')
  await press('Enter')

  await expect.poll(() => textIn(element)).toContain('7 calls')
})

it('passes on a refusal with its reference', async () => {
  const refusing = fakeApi({
    'GET /api/v1/usage': () => problem(403, 'insufficient_scope', 'This needs usage.read'),
  })
  const element = await open({ client: refusing.client })

  expect(textIn(element)).toContain('Reference: req_test')
})

it('counts the organisations below by their names, the period left to the page', async () => {
  const below = fakeApi({
    'GET /api/v1/usage': ({ url }) => ({
      ...usageOf(url),
      data: [
        { group: 'ten_a', split: '200', count: 2 },
        { group: 'ten_b', split: '200', count: 5 },
      ],
      names: { ten_a: 'Ash School', ten_b: 'Beech School' },
    }),
  })

  const element = await show(UsageChartElement, {
    client: below.client,
    group: 'tenant',
    below: true,
    fixedPeriod: true,
  })

  await expect.poll(() => element.renderRoot.querySelectorAll('tbody th').length).toBe(2)
  const names = [...element.renderRoot.querySelectorAll('tbody th')].map((th) => th.textContent)
  expect(names).toEqual(['Beech School', 'Ash School'])
  expect(element.renderRoot.querySelector('#days')).toBeNull()
  await expectAccessible()
})

it('offers organisations only where several are counted', async () => {
  const own = await open()
  const options = [...own.renderRoot.querySelectorAll('#group option')].map(
    (option) => (option as HTMLOptionElement).value,
  )

  expect(options).not.toContain('tenant')
})
