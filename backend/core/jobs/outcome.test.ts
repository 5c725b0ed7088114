import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { defineJob, JobGiveUp, JobRetry, JobWait } from './definition.ts'
import { backoffMs, endOf, outcomeOf } from './outcome.ts'

const job = defineJob({
  name: 'j',
  input: z.object({}),
  attempts: 3,
  backoff: { firstMs: 1000, maxMs: 5000 },
  async run() {},
})
const running = { attempt: 1, aborted: null, random: 0.5 }

describe('backoffMs', () => {
  it('doubles up to its limit, a fifth more or less', () => {
    const backoff = { firstMs: 1000, maxMs: 60_000 }

    expect([1, 2, 3, 4].map((n) => backoffMs(backoff, n, 0.5))).toEqual([1000, 2000, 4000, 8000])
    expect(backoffMs(backoff, 1, 0)).toBe(800)
    expect(backoffMs(backoff, 1, 1)).toBe(1200)
    expect(backoffMs(backoff, 60, 0.5)).toBe(60_000)
  })
})

describe('outcomeOf', () => {
  it.each([
    ['an error, on the first try', new Error('x'), running, { kind: 'retry', afterMs: 1000 }],
    ['an error, on the last try', new Error('x'), { ...running, attempt: 3 }, { kind: 'failed' }],
    ['a wish to wait', new JobRetry(7, 'x'), running, { kind: 'retry', afterMs: 7 }],
    [
      'a wish to wait, on the last try',
      new JobRetry(7, 'x'),
      { ...running, attempt: 3 },
      { kind: 'failed' },
    ],
    [
      'a turn that has not come, on the last try',
      new JobWait(7, 'x'),
      { ...running, attempt: 3 },
      { kind: 'waits', afterMs: 7, error: 'x' },
    ],
    ['giving up', new JobGiveUp('x'), running, { kind: 'failed', error: 'x' }],
    [
      'a cancelled job',
      new Error('x'),
      { ...running, aborted: 'cancelled' as const },
      { kind: 'cancelled' },
    ],
    [
      'a stopping process',
      new Error('x'),
      { ...running, aborted: 'stopping' as const },
      { kind: 'released' },
    ],
  ])('of %s', (_what, error, state, expected) => {
    expect(outcomeOf(error, job, state)).toMatchObject(expected)
  })

  it('shows the text of errors written for people and of no other', () => {
    const shown = (error: unknown) => outcomeOf(error, job, { ...running, attempt: 3 })

    expect(shown(new AppError('not_found', 'the line item is gone'))).toMatchObject({
      error: 'the line item is gone',
    })
    expect(shown(new Error('pupil Ada scored 3'))).toMatchObject({
      error: 'Something unexpected failed; the log says what',
    })
  })
})

describe('endOf', () => {
  it('keeps a finished job for a week and a failed one for a month', () => {
    const day = 24 * 3600 * 1000

    expect(endOf({ kind: 'done' }, undefined, 0).set.expiresAt).toEqual(new Date(7 * day))
    expect(endOf({ kind: 'failed', error: 'x' }, undefined, 0).set.expiresAt).toEqual(
      new Date(30 * day),
    )
  })

  it('lets a recurring job wait for its next round, however this one ended', () => {
    for (const outcome of [{ kind: 'done' }, { kind: 'failed', error: 'x' }] as const) {
      expect(endOf(outcome, 500, 1000)).toMatchObject({
        set: { status: 'waiting', attempts: 0, dueAt: new Date(1500) },
        clear: [],
      })
    }
  })
})
