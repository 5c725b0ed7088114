import { beforeEach, expect, it } from 'vitest'
import { createLogger } from '../../backend/core/logging.ts'
import { newMachine } from '../../backend/modules/monitoring/hysteresis.ts'
import { createPublicStatus } from '../../backend/modules/monitoring/index.ts'
import {
  StatusDayModel,
  StatusIncidentModel,
} from '../../backend/modules/monitoring/status-store.ts'
import { WatchModel } from '../../backend/modules/monitoring/watch-store.ts'
import { status } from '../../backend/pages/status.ts'
import { PublicStatus } from '../../shared/api/monitoring.ts'
import { useTestDatabase } from '../support/database.ts'

useTestDatabase()

const minute = 60_000
let time = Date.parse('2026-11-23T08:00:00Z')
let webhooks = { endpoints: 0, waiting: 0 }

function watch() {
  return createPublicStatus({
    webhookPromptness: async () => webhooks,
    log: createLogger({ level: 'silent' }),
    now: () => new Date(time),
  })
}

beforeEach(async () => {
  await StatusDayModel.deleteMany({})
  await StatusIncidentModel.deleteMany({})
  await WatchModel.deleteMany({}, { acrossTenants: 'a clean slate' })
  webhooks = { endpoints: 0, waiting: 0 }
  time += 24 * 60 * minute
})

const part = (shown: PublicStatus, id: string) => shown.components.find((one) => one.id === id)

it('is polite where nothing is known yet', async () => {
  const shown = await watch().read()

  expect(PublicStatus.parse(shown)).toEqual(shown)
  expect(shown).toMatchObject({ state: 'unknown', incidents: [] })
  expect(part(shown, 'api')).toMatchObject({ state: 'unknown', uptimePercent: null })
  expect(status(shown).markup).toContain('has only just begun to watch itself')
})

it('counts each minute once, however many processes look', async () => {
  const [one, two] = [watch(), watch()]
  for (let n = 0; n < 10; n++) {
    await Promise.all([one.sample(), two.sample()])
    time += minute
  }

  const days = await StatusDayModel.find({ component: 'database' }).lean()
  expect(days.map(({ operational, degraded, down }) => operational + degraded + down)).toEqual([10])
  expect(part(await two.read(), 'database')).toMatchObject({
    state: 'operational',
    uptimePercent: 100,
  })
})

it('shows trouble as one incident that ends, and a day that says so', async () => {
  const own = watch()
  await own.sample()
  for (let n = 0; n < 5; n++) {
    time += minute
    for (let call = 0; call < 40; call++) own.observe({ status: call % 2 === 0 ? 503 : 200 })
    webhooks = { endpoints: 10, waiting: n >= 2 ? 6 : 0 }
    await own.sample()
  }
  const during = await own.read()
  expect(during).toMatchObject({ state: 'down', sentence: expect.stringContaining('not work') })
  expect(
    during.incidents.map(({ component, endedAt, minutes }) => [component, endedAt, minutes]),
  ).toEqual([
    ['webhooks', null, 3],
    ['api', null, 5],
  ])

  webhooks = { endpoints: 10, waiting: 0 }
  for (let n = 0; n < 4; n++) {
    time += minute
    await own.sample()
  }
  const after = await own.read()
  expect(after.state).toBe('operational')
  expect(after.incidents).toMatchObject([
    { title: 'Webhooks: slow, or failed now and then', state: 'degraded', minutes: 3 },
    { title: 'Website and API: did not work', state: 'down', minutes: 5 },
  ])
  for (const { endedAt } of after.incidents) expect(endedAt).not.toBeNull()
  expect(part(after, 'api')?.days.at(-1)).toMatchObject({ state: 'down', uptimePercent: 50 })
  const { markup } = status(after)
  expect(markup).toContain('Did not work for a time')
  expect(markup).toContain('one day with trouble')
})

it('tells kinds of connections from three organisations on, and nothing of any organisation', async () => {
  const own = watch()
  const add = (tenantId: string, n: number, state: 'ok' | 'failing') =>
    WatchModel.create({
      _id: `con_${tenantId}_${n}`,
      tenantId,
      connectorId: 'secret-connector',
      kind: 'sis',
      dueAt: new Date(),
      everyMs: 1,
      machine: { ...newMachine, state },
      freshness: {},
      rev: 0,
      createdAt: new Date(),
      updatedAt: new Date(),
    })
  await add('ten_a', 1, 'failing')
  await add('ten_b', 1, 'failing')
  await own.sample()
  expect(part(await own.read(), 'sis')?.state).toBe('unknown')

  await add('ten_c', 1, 'ok')
  time += minute
  await own.sample()
  const shown = await own.read()

  expect(part(shown, 'sis')?.state).toBe('down')
  expect(JSON.stringify(shown) + status(shown).markup).not.toMatch(/ten_|con_|secret/)
})
