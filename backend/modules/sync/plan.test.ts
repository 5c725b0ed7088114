import { describe, expect, it } from 'vitest'
import type { LinkRow } from './link-store.ts'
import { planOf } from './plan.ts'
import { distinct } from './records.ts'
import type { RunRow } from './run-store.ts'

// The rules look at these members of a run alone.
const run = {
  _id: 'syr_2',
  tenantId: 'ten_1',
  connectionId: 'con_1',
  capability: 'courses.pull',
} as RunRow
const ada = { sourcedId: '7', givenName: 'Ada', familyName: 'Byron', role: 'student' } as const

function linkOf(
  run_: RunRow,
  record: typeof ada | (Omit<typeof ada, 'role'> & { role: 'teacher' }),
) {
  const { write } = planOf(run_, 'users', record)
  const { tenantId, connectionId, capability } = run_
  return { ...write, _id: 'syl_1', tenantId, connectionId, capability } satisfies LinkRow
}

describe('a person of several courses', () => {
  it('teaches once they were met as a teacher, whatever comes after', () => {
    const teaching = linkOf(run, { ...ada, role: 'teacher' })

    const { row, write } = planOf(run, 'users', ada, teaching)

    expect(row).toMatchObject({ sourcedId: 'con_1:7', role: 'teacher' })
    expect(write).toMatchObject({ teacherIn: 'syr_2', outcome: 'created', hash: teaching.hash })
  })

  it('teaches on in the next run until that has met them in all their courses', () => {
    const before = linkOf({ ...run, _id: 'syr_1' }, { ...ada, role: 'teacher' })

    const { row, write } = planOf(run, 'users', ada, before)

    expect(row).toMatchObject({ role: 'teacher' })
    expect(write).toMatchObject({ teacherIn: 'syr_1', outcome: 'unchanged' })
  })

  it('is one person on a page that names them twice', () => {
    const teacher = { ...ada, role: 'teacher' } as const

    for (const users of [
      [ada, teacher],
      [teacher, ada],
    ]) {
      expect([...distinct({ users }, 'users').values()]).toEqual([teacher])
    }
  })

  it('is what a roster says they are', () => {
    const ofRoster = { ...run, capability: 'roster.pull' } as const
    const before = linkOf({ ...ofRoster, _id: 'syr_1' }, { ...ada, role: 'teacher' })

    expect(planOf(ofRoster, 'users', ada, before).row).toMatchObject({
      sourcedId: '7',
      role: 'student',
    })
  })
})

describe('a record that came before', () => {
  it('is unchanged with the same content and updated with another', () => {
    const before = linkOf({ ...run, _id: 'syr_1' }, ada)

    expect(planOf(run, 'users', ada, before).write.outcome).toBe('unchanged')
    expect(planOf(run, 'users', { ...ada, givenName: 'Adah' } as never, before).write.outcome).toBe(
      'updated',
    )
  })

  it('is counted as new once, also when its page is done again after a stop', () => {
    const here = linkOf(run, ada)

    expect(planOf(run, 'users', ada, here).write.outcome).toBe('created')
  })

  it('is not written when the other system says that it is gone', () => {
    const before = linkOf({ ...run, _id: 'syr_1' }, ada)

    const { row, write } = planOf(run, 'users', { ...ada, status: 'tobedeleted' } as never, before)

    expect(row).toBeNull()
    expect(write).toMatchObject({ goneIn: 'syr_2', taken: true })
  })
})
