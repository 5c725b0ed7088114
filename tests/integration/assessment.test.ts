import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packFolder } from '../../backend/demo/sample-package.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

const folder = new URL('../../backend/demo/', import.meta.url).pathname

/** Either answer to a file that holds no item. */
interface Refused {
  readonly detail?: string
  readonly imported: unknown[]
  readonly skipped: { readonly reason: string }[]
}

let app: TestApp
let school: TestTenant

beforeAll(async () => {
  app = await startTestApp()
  school = await app.addTenant('School')
})

afterAll(async () => {
  await app.stop()
})

async function importPackage(name: string) {
  const bytes = await packFolder(`${folder}${name}`)
  return school.client('POST /api/v1/items/import', {
    query: { fileName: `${name}.zip` },
    file: new Blob([bytes], { type: 'application/zip' }),
  })
}

async function itemNamed(title: string) {
  const { data } = await school.client('GET /api/v1/items', { query: { q: title } })
  const item = data[0]
  if (!item) throw new Error(`no item ${title}`)
  return item
}

describe('import', () => {
  it('imports what it supports and lists the rest with the reason', async () => {
    const report = await importPackage('sample-package')

    expect(report.imported.map(({ file }) => file).sort()).toEqual([
      'items/capital-of-wales.xml',
      'items/half-of-ninety.xml',
      'items/name-the-poet.xml',
      'items/water-cycle.xml',
    ])
    expect(report.skipped).toEqual([
      {
        file: 'items/order-the-planets.xml',
        reason: expect.stringContaining('qti-order-interaction'),
      },
    ])
  })

  it('keeps the ids and changes nothing when the same package comes again', async () => {
    const before = await itemNamed('Capital of Wales')

    const report = await importPackage('sample-package')

    expect(report.imported.every(({ unchanged }) => unchanged)).toBe(true)
    expect(await itemNamed('Capital of Wales')).toEqual(before)
  })

  it('makes one item of a file that is imported twenty times at once', async () => {
    const xml = readFileSync(`${folder}item-bank/items/inference.xml`)
    const reports = await Promise.all(
      Array.from({ length: 20 }, () =>
        school.client('POST /api/v1/items/import', {
          query: { fileName: 'inference.xml' },
          file: new Blob([xml], { type: 'application/xml' }),
        }),
      ),
    )

    const ids = new Set(reports.map((report) => report.imported[0]?.id))
    expect(ids.size).toBe(1)
  })

  it.each([
    ['an empty file', ''],
    ['text', 'hello'],
    ['a DOCTYPE', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'],
    ['broken XML', '<qti-assessment-item>'],
  ])('says why %s is not an item', async (_what, text) => {
    const response = await fetch(`${app.url}/api/v1/items/import?fileName=bad.xml`, {
      method: 'POST',
      headers: { authorization: `Bearer ${school.key}`, 'content-type': 'application/xml' },
      body: text === '' ? new Uint8Array() : text,
    })
    const body = (await response.json()) as Refused

    const reason = response.status === 201 ? body.skipped[0]?.reason : body.detail
    expect(response.status === 201 ? body.imported : []).toEqual([])
    expect(reason).toMatch(/\w{3}/)
  })
})

describe('attempts', () => {
  it('delivers no key in any byte and scores on the server', async () => {
    const item = await itemNamed('Name the poet')

    const started = await school.client('POST /api/v1/attempts', { body: { itemId: item.id } })
    const right = await school.client('POST /api/v1/attempts/:id/submit', {
      params: { id: started.id },
      body: { responses: { RESPONSE: ['christina rossetti'] } },
    })

    expect(JSON.stringify(started)).not.toMatch(/rossetti/i)
    expect(right).toEqual({ score: 1, maxScore: 1 })
  })

  it('names choices for the attempt and still takes the author’s identifiers', async () => {
    const item = await itemNamed('Capital of Wales')
    const start = () => school.client('POST /api/v1/attempts', { body: { itemId: item.id } })
    const [first, second] = [await start(), await start()]

    const byIdentifier = await school.client('POST /api/v1/attempts/:id/submit', {
      params: { id: first.id },
      body: { responses: { RESPONSE: ['cardiff'] } },
    })
    const text = JSON.stringify(second.item)
    const choice = /"id":"(c\w+)","content":\["Cardiff"\]/.exec(text)?.[1] ?? ''
    const byName = await school.client('POST /api/v1/attempts/:id/submit', {
      params: { id: second.id },
      body: { responses: { RESPONSE: [choice] } },
    })

    expect(text).not.toContain('"cardiff"')
    expect(byIdentifier).toEqual({ score: 1, maxScore: 1 })
    expect(byName).toEqual({ score: 1, maxScore: 1 })
  })

  it('answers the same submission again and refuses another', async () => {
    const item = await itemNamed('Half of ninety')
    const { id } = await school.client('POST /api/v1/attempts', { body: { itemId: item.id } })
    const submit = (value: string) =>
      school.client('POST /api/v1/attempts/:id/submit', {
        params: { id },
        body: { responses: { RESPONSE: [value] } },
      })

    const scores = await Promise.all([submit('45'), submit('45'), submit('45')])

    expect(scores).toEqual(Array(3).fill({ score: 1, maxScore: 1 }))
    await expect(submit('46')).rejects.toMatchObject({ status: 409, code: 'conflict' })
  })

  it('points at a response that the item does not have', async () => {
    const item = await itemNamed('Half of ninety')
    const { id } = await school.client('POST /api/v1/attempts', { body: { itemId: item.id } })

    const submit = school.client('POST /api/v1/attempts/:id/submit', {
      params: { id },
      body: { responses: { OTHER: ['1'] } },
    })

    await expect(submit).rejects.toMatchObject({
      status: 400,
      errors: [expect.objectContaining({ pointer: expect.stringContaining('OTHER') })],
    })
  })

  it('writes the event of a submission with the submission', async () => {
    const item = await itemNamed('Half of ninety')
    const { id } = await school.client('POST /api/v1/attempts', { body: { itemId: item.id } })
    await school.client('POST /api/v1/attempts/:id/submit', {
      params: { id },
      body: { responses: { RESPONSE: ['45'] } },
    })

    const attempt = await school.client('GET /api/v1/attempts/:id', { params: { id } })

    expect(attempt).toMatchObject({ status: 'submitted', score: 1, gradePassback: 'none' })
  })

  it('keeps attempts when their item is deleted', async () => {
    const item = await itemNamed('The water cycle')
    const { id } = await school.client('POST /api/v1/attempts', { body: { itemId: item.id } })

    await school.client('DELETE /api/v1/items/:id', { params: { id: item.id } })
    const score = await school.client('POST /api/v1/attempts/:id/submit', {
      params: { id },
      body: { responses: { RESPONSE: ['evaporate', 'condense', 'rust'] } },
    })

    expect(score).toEqual({ score: 1, maxScore: 3 })
    await expect(
      school.client('GET /api/v1/items/:id', { params: { id: item.id } }),
    ).rejects.toMatchObject({ status: 404 })
  })
})
