import { describe, expect, it } from 'vitest'
import { itemsOf, latestOf, learnersOf } from './course-table.ts'

const at = (day: number) => new Date(Date.UTC(2026, 10, day))
const row = (subject: string, itemId: string, score: number, day = 1, maxScore = 4) => ({
  subject,
  itemId,
  score,
  maxScore,
  submittedAt: at(day),
})

describe('the table of a course', () => {
  it('has everybody by name, with or without results', () => {
    const members = new Map([
      ['u2', 'Zoë'],
      ['u1', 'Ada'],
    ])

    expect(learnersOf([row('u2', 'itm_1', 3)], members)).toEqual([
      { userId: 'u1', name: 'Ada', results: [] },
      {
        userId: 'u2',
        name: 'Zoë',
        results: [{ itemId: 'itm_1', score: 3, maxScore: 4, submittedAt: at(1).toISOString() }],
      },
    ])
  })

  it('keeps whoever has left the course, without a name, at its end', () => {
    const learners = learnersOf([row('gone', 'itm_1', 0)], new Map([['u1', 'Ada']]))

    expect(learners.map(({ userId, name }) => [userId, name])).toEqual([
      ['u1', 'Ada'],
      ['gone', null],
    ])
  })

  it('shows the later result of an assessment that stands in the course twice', () => {
    const rows = [row('u1', 'itm_1', 2, 3), row('u1', 'itm_1', 4, 1), row('u2', 'itm_1', 1, 1)]

    expect(latestOf(rows).map(({ subject, score }) => [subject, score])).toEqual([
      ['u1', 2],
      ['u2', 1],
    ])
  })

  it('names each assessment once, with its marks of last time, also where it was deleted', () => {
    const rows = [row('u1', 'itm_1', 1, 2, 5), row('u2', 'itm_1', 1, 1, 4), row('u1', 'itm_2', 1)]

    expect(itemsOf(rows, new Map([['itm_1', 'Halves']]))).toEqual([
      { id: 'itm_1', title: 'Halves', maxScore: 5 },
      { id: 'itm_2', title: null, maxScore: 4 },
    ])
  })
})
