import { afterEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { HealthHistoryElement } from './health-history.ts'
import type { HistoryPoint } from './history-series.ts'

const points: readonly HistoryPoint[] = [9, 10, 11].map((hour) => ({
  at: `2026-11-23T${String(hour).padStart(2, '0')}:00:00.000Z`,
  ok: hour * 100,
  failed: hour === 10 ? 7 : 0,
  p50Ms: 20,
  p95Ms: 80.5,
  p99Ms: null,
  rows: hour,
}))

function paintedPixels(element: HealthHistoryElement): number {
  const canvas = element.renderRoot.querySelector('canvas')
  if (!canvas || canvas.width === 0) return 0
  const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
  return pixels?.filter((value, index) => index % 4 === 3 && value > 0).length ?? 0
}

const rowsIn = (element: HealthHistoryElement) =>
  [...element.renderRoot.querySelectorAll('tbody tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent?.trim()),
  )

it('has nothing that axe objects to, closed and with its table open', async () => {
  const element = await show(HealthHistoryElement, { label: 'Moodle', points })
  await expectAccessible()

  element.renderRoot.querySelector('summary')?.click()
  await expectAccessible()
})

afterEach(() => page.viewport(1280, 800))

it('draws within a narrow page', async () => {
  await page.viewport(340, 800)
  const element = await show(HealthHistoryElement, { label: 'Moodle', points })

  await expect.poll(() => paintedPixels(element)).toBeGreaterThan(500)
  expect(
    element.renderRoot.querySelector('canvas')?.getBoundingClientRect().right,
  ).toBeLessThanOrEqual(340)
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(340)
})

it('draws what its table says', async () => {
  const element = await show(HealthHistoryElement, { label: 'Moodle', points })

  await expect.poll(() => paintedPixels(element)).toBeGreaterThan(500)
  expect(textIn(element)).toContain('Moodle : 3,007 requests, 7 of them failed: 99.76 % worked.')
  expect(rowsIn(element).map((row) => row.slice(1))).toEqual([
    ['900', '0'],
    ['1,000', '7'],
    ['1,100', '0'],
  ])
})

it('changes what it shows with the keyboard, gaps included', async () => {
  const element = await show(HealthHistoryElement, { label: 'Moodle', points })

  await tabTo('Requests that worked')
  await press('ArrowDown')

  await expect.poll(() => rowsIn(element)[0]?.slice(1)).toEqual(['20', '80.5', '–'])
})

it('is a sentence where there is nothing to draw', async () => {
  const element = await show(HealthHistoryElement, { label: 'Moodle', points: [] })

  expect(textIn(element)).toContain('No requests in this time.')
  expect(element.renderRoot.querySelector('canvas')).toBeNull()
})
