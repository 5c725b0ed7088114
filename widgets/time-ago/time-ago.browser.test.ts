import { expect, it } from 'vitest'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { show } from '../core/testing/show.ts'
import { TimeAgoElement } from './time-ago.ts'

it('says how long ago, and holds the exact time', async () => {
  const datetime = new Date(Date.now() - 3 * 60_000).toISOString()
  const element = await show(TimeAgoElement, { datetime })

  const time = element.querySelector('time')
  expect(time?.textContent).toBe('3 minutes ago')
  expect(time?.title).toMatch(/\d{1,2} \w+ 20\d\d, \d\d:\d\d:\d\d/)
  expect(time?.getAttribute('datetime')).toBe(datetime)
  await expectAccessible()
})

it('shows the exact time beside it where asked, and what stands for none', async () => {
  const element = await show(TimeAgoElement, { datetime: '2026-01-02T03:04:05Z', exact: true })
  expect(element.textContent).toContain('(2 Jan 2026')

  element.datetime = null
  element.empty = 'never'
  await element.updateComplete
  expect(element.textContent?.trim()).toBe('never')
})
