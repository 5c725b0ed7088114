import { expect, it } from 'vitest'
import { fakeApi } from '../core/testing/fake-api.ts'
import { show } from '../core/testing/show.ts'
import { AlertReadEvent } from '../edpsych-alerts/read-event.ts'
import { UnreadAlertsElement } from './unread-alerts.ts'

it('counts what the reader has not read, anew when there are news and when some is read', async () => {
  let unread = 2
  let tell: (message: unknown) => void = () => undefined
  const api = fakeApi({
    'GET /api/v1/alerts': () => ({
      data: [],
      nextCursor: null,
      count: { value: unread, capped: false },
    }),
  })
  const element = await show(UnreadAlertsElement, {
    client: api.client,
    follow: async (_topic, onMessage) => {
      // Messages are told as they come from the server: unread text that has been parsed.
      tell = onMessage as (message: unknown) => void
    },
  })

  await expect.poll(() => element.textContent).toContain('2 not read')
  const asked = api.calls[0]?.url.searchParams
  expect([asked?.get('inbox'), asked?.get('unread'), asked?.get('include')]).toEqual([
    'true',
    'true',
    'count',
  ])

  unread = 3
  tell({ kind: 'alert.changed' })
  tell({ kind: 'alert.changed' })
  await expect.poll(() => element.textContent, { timeout: 5000 }).toContain('3 not read')
  expect(api.calls).toHaveLength(2)

  unread = 0
  document.body.dispatchEvent(new AlertReadEvent())
  await expect.poll(() => element.textContent?.trim(), { timeout: 5000 }).toBe('')
})
