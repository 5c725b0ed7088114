import { expect, it } from 'vitest'
import { type Change, createChangeWatch } from './change-watch.ts'

function setup() {
  const log: Change[] = [{ id: 'old', at: new Date(1_000_000) }]
  const asked: (Date | null)[] = []
  const heard: string[] = []
  const state: { now: number; failing: boolean } = { now: 0, failing: false }
  const watch = createChangeWatch({
    async readChanges(since) {
      asked.push(since)
      if (state.failing) throw new Error('away')
      return since === null ? log.slice(-1) : log.filter(({ at }) => at > since)
    },
    onChange: (id) => heard.push(id),
    clock: () => state.now,
  })
  return { log, asked, heard, state, watch }
}

it('asks once for many askers, and not again within half a second', async () => {
  const { watch, asked, state } = setup()

  await Promise.all([watch.fresh(), watch.fresh(), watch.fresh()])
  state.now = 400

  expect(watch.fresh()).toBeUndefined()
  expect(asked).toEqual([null])
})

it('renews in the background before anybody has to wait', async () => {
  const { watch, asked, heard, log, state } = setup()
  await watch.fresh()
  log.push({ id: 'a', at: new Date(1_000_500) })
  state.now = 600

  expect(watch.fresh()).toBeUndefined()
  await Promise.resolve()
  await Promise.resolve()

  expect(asked).toHaveLength(2)
  expect(heard).toContain('a')
})

it('makes whoever comes after a second wait for the changes, also those that became visible late', async () => {
  const { watch, heard, log, state } = setup()
  await watch.fresh()
  log.push({ id: 'b', at: new Date(1_000_900) })
  log.push({ id: 'late', at: new Date(999_000) })
  state.now = 1000

  await watch.fresh()

  expect(heard).toEqual(['old', 'b', 'late'])
  expect(watch.isOvertaken('b', new Date(1_000_899))).toBe(true)
  expect(watch.isOvertaken('b', new Date(1_000_900))).toBe(false)
})

it('tells a change once, although it is read several times', async () => {
  const { watch, heard, state } = setup()

  for (state.now of [0, 1000, 2000, 3000]) await watch.fresh()

  expect(heard).toEqual(['old'])
})

it('refuses to call anything fresh while the database is away', async () => {
  const { watch, state } = setup()
  await watch.fresh()
  state.failing = true
  state.now = 1000

  await expect(watch.fresh()).rejects.toThrow('away')
})

it('does not read the changes of one moment again once all must be visible', async () => {
  const { watch, asked, heard, log, state } = setup()
  await watch.fresh()
  state.now = 6000
  await watch.fresh()
  log.push({ id: 'new', at: new Date(1_000_001) })
  state.now = 12_000
  await watch.fresh()
  state.now = 13_000
  await watch.fresh()

  expect(asked.map((since) => since?.getTime())).toEqual([undefined, 1_000_000, 1_000_000, 995_001])
  expect(heard).toEqual(['old', 'new'])
  expect(watch.isOvertaken('old', new Date(999_999))).toBe(true)
})
