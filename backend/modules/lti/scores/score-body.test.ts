import { describe, expect, it } from 'vitest'
import { below } from '../services/service-url.ts'
import { activityProgress, gradingProgress, type Score, scoreBody } from './score-body.ts'

const score: Score = {
  userId: 'u1',
  given: 3,
  maximum: 4,
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  timestamp: new Date('2026-03-01T09:08:07.006Z'),
}

describe('scoreBody', () => {
  it('writes the time with milliseconds and an offset', () => {
    expect(scoreBody(score)['timestamp']).toBe('2026-03-01T09:08:07.006+00:00')
  })

  it.each([0, 0.5, 2.75, 4, 9])('keeps %s with its maximum', (given) => {
    expect(scoreBody({ ...score, given })).toMatchObject({ scoreGiven: given, scoreMaximum: 4 })
  })

  it('sends neither score nor maximum when there is none, which clears an older one', () => {
    const { given: _, ...cleared } = score

    expect(Object.keys(scoreBody(cleared))).toEqual([
      'userId',
      'activityProgress',
      'gradingProgress',
      'timestamp',
    ])
  })

  it('carries comment, grader and times of the submission where they are known', () => {
    const at = new Date('2026-03-01T09:00:00.000Z')

    expect(
      scoreBody({
        ...score,
        comment: 'Well done',
        scoringUserId: 't1',
        startedAt: at,
        submittedAt: at,
      }),
    ).toMatchObject({
      comment: 'Well done',
      scoringUserId: 't1',
      submission: {
        startedAt: '2026-03-01T09:00:00.000+00:00',
        submittedAt: '2026-03-01T09:00:00.000+00:00',
      },
    })
    expect(scoreBody(score)).not.toHaveProperty('submission')
  })

  const pairs = activityProgress.flatMap((activity) =>
    gradingProgress.map((grading) => [activity, grading] as const),
  )

  it.each(pairs)('says %s and %s as they are', (activity, grading) => {
    expect(
      scoreBody({ ...score, activityProgress: activity, gradingProgress: grading }),
    ).toMatchObject({ activityProgress: activity, gradingProgress: grading })
  })
})

describe('the address of scores', () => {
  it.each([
    ['https://lms.example/items/1', 'https://lms.example/items/1/scores'],
    ['https://lms.example/items/1/', 'https://lms.example/items/1/scores'],
    [
      'https://lms.example/items/1?type_id=3&x=a%20b',
      'https://lms.example/items/1/scores?type_id=3&x=a%20b',
    ],
  ])('puts the folder behind the path of %s', (lineItem, expected) => {
    expect(below(lineItem, 'scores')).toBe(expected)
  })
})

it('sends nothing below zero, which the line item could not take', () => {
  expect(scoreBody({ ...score, given: -2 })).toMatchObject({ scoreGiven: 0 })
})
