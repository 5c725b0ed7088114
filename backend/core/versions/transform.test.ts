import { describe, expect, it } from 'vitest'
import type { ApiChange } from '../../../shared/api/changes.ts'
import { createTransforms, transforms } from './transform.ts'

const operation = 'PATCH /api/v1/jobs/:id'
const changes: ApiChange[] = [
  {
    version: '2026-11-01',
    operations: [operation],
    summary: 'a became b',
    breaks: [],
    upgradeBody: ({ a, ...body }) => ({ ...body, b: a }),
    downgradeAnswer: ({ b, ...answer }) => ({ ...answer, a: b }),
  },
  {
    version: '2026-11-23',
    operations: [operation],
    summary: 'b became c',
    breaks: [],
    upgradeBody: ({ b, ...body }) => ({ ...body, c: b }),
    downgradeAnswer: ({ c, ...answer }) => ({ ...answer, b: c }),
  },
]
const chain = createTransforms(changes, '2026-11-23')

describe('transforms', () => {
  it('lead a body from the oldest version to the newest, one change after the other', () => {
    expect(chain.upgrade(operation, '2026-10-01', { a: 1 })).toEqual({ c: 1 })
    expect(chain.upgrade(operation, '2026-11-01', { b: 1 })).toEqual({ c: 1 })
  })

  it('lead an answer back as far as the caller is', () => {
    expect(chain.downgrade(operation, '2026-10-01', { c: 1 })).toEqual({ a: 1 })
    expect(chain.downgrade(operation, '2026-11-01', { c: 1 })).toEqual({ b: 1 })
  })

  it('leave the newest version, other operations and what is no object alone', () => {
    const body = { c: 1 }
    expect(chain.upgrade(operation, '2026-11-23', body)).toBe(body)
    expect(chain.upgrade('GET /other', '2026-10-01', body)).toBe(body)
    expect(chain.upgrade(operation, '2026-10-01', [1])).toEqual([1])
  })
})

describe('2026-11-23', () => {
  it('gives callers before it the progress of a job in percent, in lists too', () => {
    const job = { id: 'job_1', progress: 0.25 }
    const list = transforms.downgrade('GET /api/v1/jobs', '2026-11-01', {
      data: [job, { id: 'job_2', progress: null }],
      nextCursor: null,
    })

    expect(transforms.downgrade('GET /api/v1/jobs/:id', '2026-11-01', job)).toEqual({
      id: 'job_1',
      progress: 25,
    })
    expect(list).toEqual({
      data: [
        { id: 'job_1', progress: 25 },
        { id: 'job_2', progress: null },
      ],
      nextCursor: null,
    })
  })

  it('takes overlapHours from callers before it and nothing else', () => {
    const rotate = 'POST /api/v1/keys/:id/rotate'
    expect(transforms.upgrade(rotate, '2026-11-01', { overlapHours: 2 })).toEqual({
      overlapSeconds: 7200,
    })
    expect(transforms.upgrade(rotate, '2026-11-23', { overlapHours: 2 })).toEqual({
      overlapHours: 2,
    })
  })
})
