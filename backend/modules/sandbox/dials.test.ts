import { describe, expect, it } from 'vitest'
import { SandboxFaults } from '../../../shared/api/sandbox.ts'
import { createLogger } from '../../core/logging.ts'
import { createDials, type Dials } from './dials.ts'

type Row = Parameters<Dials['apply']>[0]

function row(_id: string, rate429: number, dialVersion: number): Row {
  const faults = SandboxFaults.parse({ api: { rate429 } })
  return { _id, faults, clockOffsetSeconds: 0, dialVersion }
}

/** Starts dials, and does something while their first reading of the rows is under way. */
async function dialsAfter(rows: Row[], during: (dials: Dials) => void): Promise<Dials> {
  const log = createLogger({ level: 'silent' })
  const read = async () => {
    during(dials)
    return rows
  }
  const dials = createDials({ log, now: () => new Date(0), read })
  await dials.start()
  await dials.stop()
  return dials
}

describe('a change while the rows are read', () => {
  it('is not undone by the row as it was before', async () => {
    const dials = await dialsAfter([row('ten_1', 0.5, 1), row('ten_2', 1, 1)], ({ apply }) =>
      apply(row('ten_1', 0, 2)),
    )

    expect(dials.of('ten_1')?.faults.api.rate429).toBe(0)
    expect(dials.of('ten_2')?.faults.api.rate429).toBe(1)
  })

  it('stays where the row was not among those read', async () => {
    const dials = await dialsAfter([], ({ apply }) => apply(row('ten_1', 0.5, 1)))

    expect(dials.of('ten_1')?.faults.api.rate429).toBe(0.5)
  })

  it('does not bring back what was forgotten', async () => {
    const dials = await dialsAfter([row('ten_1', 0.5, 1)], ({ forget }) => forget('ten_1'))

    expect(dials.of('ten_1')).toBeUndefined()
  })
})
