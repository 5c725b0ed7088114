import { describe, expect, it } from 'vitest'
import {
  type CheckResult,
  type HealthMachine,
  type HealthRules,
  newMachine,
  nextCheckMs,
  observe,
  withoutData,
} from './hysteresis.ts'

const rules: HealthRules = {
  pendingSeen: 3,
  pendingMs: 120_000,
  recoveringSeen: 3,
  recoveringMs: 120_000,
  noDataMs: 900_000,
}

function run(steps: readonly [second: number, result: CheckResult][], from = newMachine) {
  const states: string[] = []
  let machine: HealthMachine = from
  for (const [second, result] of steps) {
    const code = result === 'ok' ? null : 'timeout'
    machine = observe(machine, { at: second * 1000, result, code, message: code }, rules)
    states.push(machine.state)
  }
  return { machine, states }
}

const healthy = run([[0, 'ok']]).machine
const broken = run([
  [0, 'failing'],
  [30, 'failing'],
  [60, 'failing'],
]).machine

describe('of nothing known', () => {
  it('believes the first good word, and a bad one only when it is repeated', () => {
    expect(run([[0, 'ok']]).states).toEqual(['ok'])
    expect(run([[0, 'degraded']]).states).toEqual(['degraded'])
    expect(broken.state).toBe('failing')
    expect(run([[0, 'failing']]).machine).toMatchObject({ state: 'unknown', pending: { seen: 1 } })
  })
})

describe('pending', () => {
  it('takes three in a row', () => {
    const { states, machine } = run(
      [
        [300, 'failing'],
        [330, 'failing'],
        [360, 'failing'],
      ],
      healthy,
    )

    expect(states).toEqual(['ok', 'ok', 'failing'])
    expect(machine).toMatchObject({ since: 360_000, code: 'timeout', pending: null })
    expect(machine.lastSuccessAt).toBe(0)
  })

  it('or two that lie two minutes apart', () => {
    expect(
      run(
        [
          [300, 'failing'],
          [420, 'failing'],
        ],
        healthy,
      ).states,
    ).toEqual(['ok', 'failing'])
  })

  it('begins anew after a success, so that flapping raises nothing', () => {
    const flapping = Array.from({ length: 40 }, (_, n): [number, CheckResult] => [
      n * 30,
      n % 3 === 0 ? 'ok' : 'failing',
    ])

    expect(new Set(run(flapping, healthy).states)).toEqual(new Set(['ok']))
  })

  it('of mixed words believes the less bad one', () => {
    expect(
      run(
        [
          [300, 'failing'],
          [330, 'degraded'],
          [360, 'failing'],
        ],
        healthy,
      ).states,
    ).toEqual(['ok', 'ok', 'degraded'])
  })

  it('leads from degraded to failing too', () => {
    const degraded = run([[0, 'degraded']]).machine
    expect(
      run(
        [
          [30, 'failing'],
          [60, 'failing'],
          [90, 'failing'],
        ],
        degraded,
      ).states,
    ).toEqual(['degraded', 'degraded', 'failing'])
  })
})

describe('keep-firing', () => {
  it('wants three successes and two minutes', () => {
    const quick = run(
      [
        [70, 'ok'],
        [80, 'ok'],
        [90, 'ok'],
        [189, 'ok'],
        [190, 'ok'],
      ],
      broken,
    )
    expect(quick.states).toEqual(['failing', 'failing', 'failing', 'failing', 'ok'])
    expect(quick.machine).toMatchObject({ since: 190_000, code: null, message: null })

    const few = run(
      [
        [300, 'ok'],
        [600, 'ok'],
        [900, 'ok'],
      ],
      broken,
    )
    expect(few.states).toEqual(['failing', 'failing', 'ok'])
  })

  it('begins anew after a failure', () => {
    const { machine } = run(
      [
        [70, 'ok'],
        [200, 'ok'],
        [210, 'failing'],
        [220, 'ok'],
      ],
      broken,
    )

    expect(machine).toMatchObject({
      state: 'failing',
      recovering: { seen: 1, since: 220_000, state: 'ok' },
    })
  })

  it('recovers no further than the worst it saw', () => {
    const { machine } = run(
      [
        [70, 'ok'],
        [130, 'degraded'],
        [200, 'ok'],
      ],
      broken,
    )

    expect(machine.state).toBe('degraded')
  })
})

describe('no data', () => {
  it('is unknown after a while, and the next word counts as a first one', () => {
    expect(withoutData(healthy, 900_000, rules).state).toBe('ok')
    expect(withoutData(healthy, 900_001, rules)).toMatchObject({
      state: 'unknown',
      since: 900_000,
    })
    expect(run([[2000, 'ok']], broken).states).toEqual(['ok'])
    expect(run([[2000, 'failing']], healthy).states).toEqual(['unknown'])
  })

  it('takes a word that comes late as one of now', () => {
    const machine = run([[60, 'ok']]).machine

    expect(run([[10, 'failing']], machine).machine).toMatchObject({
      lastAt: 60_000,
      pending: { since: 60_000 },
    })
  })
})

it('looks again soon while a state is about to change, otherwise at its pace, with jitter', () => {
  const pending = run([[300, 'failing']], healthy).machine

  expect(nextCheckMs(healthy, 300_000, { soonMs: 30_000, random: 0 })).toBe(240_000)
  expect(nextCheckMs(healthy, 300_000, { soonMs: 30_000, random: 1 })).toBe(360_000)
  expect(nextCheckMs(pending, 300_000, { soonMs: 30_000, random: 0.5 })).toBe(30_000)
})
