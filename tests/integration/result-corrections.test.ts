import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { itemFixture } from '../support/item-xml.ts'

let app: TestApp
let school: TestTenant
let attemptId: string

beforeAll(async () => {
  app = await startTestApp()
  school = await app.addTenant('School')
})

afterAll(async () => {
  await app.stop()
})

beforeEach(async () => {
  const { client } = school
  const report = await client('POST /api/v1/items/import', {
    query: { fileName: 'a-quarter.xml' },
    file: new Blob([itemFixture('a-quarter')], { type: 'application/xml' }),
  })
  const itemId = report.imported[0]?.id ?? ''
  attemptId = (await client('POST /api/v1/attempts', { body: { itemId } })).id
  await client('POST /api/v1/attempts/:id/submit', {
    params: { id: attemptId },
    body: { responses: {} },
  })
})

const read = () => school.client('GET /api/v1/results/:id', { params: { id: attemptId } })
const correct = (body: { score?: number; comment?: string }) =>
  school.client('PATCH /api/v1/results/:id', { params: { id: attemptId }, body })

describe('a result', () => {
  it('is corrected with a comment; what the server scored stays beside it', async () => {
    const before = await read()

    const after = await correct({ score: before.maxScore, comment: 'Said it aloud, rightly' })

    expect(before).toMatchObject({ score: 0, scoredAs: 0, revision: 1, comment: null })
    expect(after).toMatchObject({
      score: before.maxScore,
      scoredAs: 0,
      revision: 2,
      comment: 'Said it aloud, rightly',
    })
    expect(await read()).toEqual(after)
  })

  it('tells of its correction, once for each that changes something', async () => {
    await correct({ score: 1 })
    await correct({ score: 1 })
    await correct({ comment: '' })

    const { data: audit } = await school.client('GET /api/v1/audit', {
      query: { action: 'result.correct', limit: 200 },
    })

    // Events are relayed a moment after what they tell of.
    await vi.waitFor(async () => {
      const { data } = await school.client('GET /api/v1/events', {
        query: { type: 'attempt.corrected', limit: 200 },
      })
      expect(data.filter(({ data: event }) => event['attemptId'] === attemptId)).toMatchObject([
        { data: { score: 1, revision: 2 } },
      ])
    }, 10_000)
    expect(audit.filter(({ target }) => target?.id === attemptId)).toMatchObject([
      { fields: ['score'], result: 'success' },
    ])
  })

  it('loses its comment again where the new one is empty', async () => {
    await correct({ comment: 'Well done' })

    expect(await correct({ comment: '' })).toMatchObject({ comment: null, revision: 3 })
  })

  it.each([
    ['above the greatest score', { score: 999 }],
    ['below zero', { score: -1 }],
    ['that is nothing', {}],
  ])('takes no correction %s', async (_name, body) => {
    await expect(correct(body)).rejects.toMatchObject({ code: 'invalid_request' })
    expect((await read()).revision).toBe(1)
  })

  it('is not corrected over what somebody else has corrected meanwhile', async () => {
    const url = `${app.url}/api/v1/results/${attemptId}`
    const headers = { authorization: `Bearer ${school.key}`, 'content-type': 'application/json' }
    const seen = (await fetch(url, { headers })).headers.get('etag') ?? ''
    await correct({ score: 1 })

    const answer = await fetch(url, {
      method: 'PATCH',
      headers: { ...headers, 'if-match': seen },
      body: JSON.stringify({ score: 0 }),
    })

    expect(answer.status).toBe(412)
    expect((await read()).score).toBe(1)
  })

  it('is corrected by one of two at the same moment', async () => {
    const answers = await Promise.allSettled([correct({ score: 1 }), correct({ comment: 'Good' })])

    const { revision } = await read()
    expect(revision).toBe(1 + answers.filter(({ status }) => status === 'fulfilled').length)
  })
})
