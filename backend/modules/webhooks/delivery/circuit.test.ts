import { describe, expect, it } from 'vitest'
import {
  afterFailure,
  afterSuccess,
  allowedAtOnce,
  type Circuit,
  closedCircuit,
} from './circuit.ts'

function failTimes(count: number, from: Circuit, now: number): Circuit {
  let circuit = from
  for (let i = 0; i < count; i++) circuit = afterFailure(circuit, now, now)
  return circuit
}

describe('the circuit of an endpoint', () => {
  it('stays closed through a few failures', () => {
    expect(allowedAtOnce(failTimes(9, closedCircuit, 1000), 32, 1000)).toBe(32)
  })

  it('opens after ten failures in a row and then lets one probe through', () => {
    const open = failTimes(10, closedCircuit, 1000)

    expect(allowedAtOnce(open, 32, 1001)).toBe(0)
    expect(allowedAtOnce(open, 32, 6000)).toBe(1)
  })

  it('waits twice as long after each failed probe, at most five minutes', () => {
    let circuit = failTimes(10, closedCircuit, 0)
    const pauses: number[] = []
    for (let i = 0; i < 8; i++) {
      const now = circuit.pausedUntil
      circuit = afterFailure(circuit, now, now)
      pauses.push(circuit.pausedUntil - now)
    }

    expect(pauses).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000])
  })

  it('is not opened again by attempts that began before it opened', () => {
    const open = failTimes(10, closedCircuit, 20_000)
    const later = afterFailure(open, 10_000, open.pausedUntil + 1)

    expect(later.pausedUntil).toBe(open.pausedUntil)
  })

  it('closes with one success', () => {
    expect(allowedAtOnce(afterSuccess(), 32, 0)).toBe(32)
  })
})
