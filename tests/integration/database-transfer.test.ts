import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import mongoose from 'mongoose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { exportDatabase } from '../../backend/core/database/export-database.ts'
import { importDatabase } from '../../backend/core/database/import-database.ts'
import { useTestDatabase } from '../support/database.ts'

const { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } = mongoose.mongo

useTestDatabase()

interface Row {
  _id: string | mongoose.mongo.ObjectId
  [field: string]: unknown
}

let folder = ''
const collection = (name: string) => mongoose.connection.collection<Row>(name)
const file = (name: string) => join(folder, name)

/** Every document of every collection, with its exact types. */
async function contents(): Promise<Record<string, string[]>> {
  const db = mongoose.connection.getClient().db(mongoose.connection.name)
  const all: Record<string, string[]> = {}
  for (const { name } of await db.listCollections().toArray()) {
    const documents = await db.collection(name).find({}, { promoteValues: false }).toArray()
    all[name] = documents
      .map((document) => mongoose.mongo.BSON.EJSON.stringify(document, { relaxed: false }))
      .sort()
  }
  return all
}

async function clear(): Promise<void> {
  await mongoose.connection.dropDatabase()
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edpsych-transfer-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  await clear()
  await collection('tenants').insertMany([
    { _id: 'ten_a', slug: 'a', parentId: null },
    { _id: 'ten_b', slug: 'b', parentId: 'ten_a' },
  ])
  await collection('things').insertMany([
    {
      _id: 'thg_1',
      tenantId: 'ten_a',
      int: new Int32(5),
      long: Long.fromString('9007199254740993'),
      double: new Double(5),
      decimal: Decimal128.fromString('12.50'),
      bytes: new Binary(Buffer.from([0, 1, 255])),
      when: new Date('2026-11-23T12:00:00.123Z'),
      id: new ObjectId('65f000000000000000000001'),
      stamp: new Timestamp({ t: 5, i: 1 }),
      pattern: /^a/i,
      nothing: null,
      text: 'line\nbreak \u2028 separator, Ŵyn 👩🏽‍🏫',
      nested: { list: [1, { deep: true }], 'dotted.name': 1 },
    },
    { _id: 'thg_2', tenantId: 'ten_b', int: 1 },
  ])
  await collection('jobs').insertMany([
    { _id: new ObjectId(), data: { tenantId: 'ten_a' } },
    { _id: new ObjectId(), data: { tenantId: 'ten_b' } },
  ])
  await collection('migrations').insertOne({ _id: '1-a', finishedAt: new Date(0) })
})

describe('export and import of the whole database', () => {
  it('brings every document of every collection back with its exact types', async () => {
    const before = await contents()

    const manifest = await exportDatabase({ out: file('all.zip') })
    await clear()
    const report = await importDatabase({ in: file('all.zip') })

    expect(manifest).toMatchObject({ version: 1, scope: { kind: 'all' } })
    expect(manifest.collections.map(({ name, count }) => [name, count])).toEqual([
      ['jobs', 2],
      ['migrations', 1],
      ['tenants', 2],
      ['things', 2],
    ])
    expect(report.collections.map(({ name, inserted }) => [name, inserted])).toEqual([
      ['jobs', 2],
      ['migrations', 1],
      ['tenants', 2],
      ['things', 2],
    ])
    expect(await contents()).toEqual(before)
  })

  it('changes nothing when it is imported twice', async () => {
    await exportDatabase({ out: file('twice.zip') })
    await clear()
    await importDatabase({ in: file('twice.zip') })
    const before = await contents()

    const report = await importDatabase({ in: file('twice.zip') })

    expect(report.collections.map(({ inserted, updated }) => inserted + updated)).toEqual([
      0, 0, 0, 0,
    ])
    expect(report.collections.map(({ unchanged }) => unchanged)).toEqual([2, 1, 2, 2])
    expect(await contents()).toEqual(before)
  })

  it('puts back what was changed and leaves what the export does not know', async () => {
    await exportDatabase({ out: file('restore.zip') })
    await collection('things').updateOne({ _id: 'thg_2' }, { $set: { int: 9, extra: true } })
    await collection('things').insertOne({ _id: 'thg_3', tenantId: 'ten_a' })

    const report = await importDatabase({ in: file('restore.zip') })

    expect(report.collections.at(-1)).toMatchObject({
      name: 'things',
      inserted: 0,
      updated: 1,
      unchanged: 1,
      failed: [],
    })
    expect(await collection('things').findOne({ _id: 'thg_2' })).toEqual({
      _id: 'thg_2',
      tenantId: 'ten_b',
      int: 1,
    })
    expect(await collection('things').countDocuments()).toBe(3)
  })

  it('names documents that a unique index refuses and imports the others', async () => {
    await exportDatabase({ out: file('unique.zip') })
    await clear()
    await collection('tenants').createIndex({ slug: 1 }, { unique: true })
    await collection('tenants').insertOne({ _id: 'ten_x', slug: 'a' })

    const report = await importDatabase({ in: file('unique.zip') })

    expect(report.collections.find(({ name }) => name === 'tenants')).toMatchObject({
      inserted: 1,
      failed: [{ index: 0, reason: 'has the same values as another document under slug_1' }],
    })
  })

  it('carries collections larger than a batch', async () => {
    const many = Array.from({ length: 3210 }, (_, i) => ({ _id: `row_${i}`, tenantId: 'ten_a' }))
    await collection('many').insertMany(many)

    await exportDatabase({ out: file('many.zip') })
    await collection('many').deleteMany({})
    const report = await importDatabase({ in: file('many.zip') })

    expect(report.collections.find(({ name }) => name === 'many')?.inserted).toBe(3210)
  })

  it('is readable by its owner only and appears when it is complete', async () => {
    await exportDatabase({ out: file('private.zip') })

    expect((await stat(file('private.zip'))).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  it('says in one line that it cannot write there', async () => {
    const out = file('missing/all.zip')

    await expect(exportDatabase({ out })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(`cannot be written to ${out} (ENOENT)`),
    })
  })
})

describe('export and import of tenants', () => {
  const tenantField = { jobs: 'data.tenantId' }

  it('carries the tenant, what belongs to it, and nothing of others', async () => {
    await exportDatabase({ out: file('b.zip'), tenantIds: ['ten_b'], tenantField })
    await clear()

    const report = await importDatabase({ in: file('b.zip') })

    expect(report.scope).toEqual({ kind: 'tenants', tenantIds: ['ten_b'] })
    expect(new Set(Object.keys(await contents()))).toEqual(new Set(['jobs', 'tenants', 'things']))
    expect(await collection('tenants').distinct('_id')).toEqual(['ten_b'])
    expect(await collection('things').distinct('_id')).toEqual(['thg_2'])
    expect(await collection('jobs').distinct('data.tenantId')).toEqual(['ten_b'])
  })

  it('never overwrites a document of another tenant that has the same id', async () => {
    await exportDatabase({ out: file('clash.zip'), tenantIds: ['ten_b'] })
    await collection('things').deleteOne({ _id: 'thg_2' })
    await collection('things').insertOne({ _id: 'thg_2', tenantId: 'ten_a', int: 77 })

    const report = await importDatabase({ in: file('clash.zip') })

    expect(report.collections.at(-1)).toMatchObject({
      updated: 0,
      failed: [{ index: 0, reason: 'has the same values as another document under _id_' }],
    })
    expect(await collection('things').findOne({ _id: 'thg_2' })).toMatchObject({ int: 77 })
  })
})

describe('a file that is damaged or of another program', () => {
  async function zipOf(name: string, entries: Record<string, string>): Promise<string> {
    const zip = new ZipFile()
    for (const [path, content] of Object.entries(entries)) {
      zip.addBuffer(Buffer.from(content), path)
    }
    zip.end()
    await pipeline(zip.outputStream, createWriteStream(file(name)))
    return file(name)
  }

  const manifestOf = (collections: object[], more: object = {}) =>
    JSON.stringify({
      format: 'edpsych-connect-export',
      version: 1,
      createdAt: '2026-11-23T12:00:00Z',
      scope: { kind: 'all' },
      collections,
      ...more,
    })

  const sha256Of1 = 'a'.repeat(64)
  const things = { name: 'things', count: 1, sha256: sha256Of1 }
  const thingsFile = 'collections/things.ejsonl'

  async function refusal(path: string): Promise<string> {
    const before = await contents()
    const error: unknown = await importDatabase({ in: path }).catch((reason: unknown) => reason)
    expect(await contents()).toEqual(before)
    expect(error).toMatchObject({ name: 'AppError' })
    return error instanceof Error ? error.message : ''
  }

  it('is refused when it is cut off, before anything is written', async () => {
    await exportDatabase({ out: file('whole.zip') })
    const bytes = await readFile(file('whole.zip'))
    await writeFile(file('cut.zip'), bytes.subarray(0, bytes.length - 40))

    expect(await refusal(file('cut.zip'))).toContain('it is no zip file or its end is missing')
  })

  it('is refused when one byte has changed, before anything is written', async () => {
    await exportDatabase({ out: file('whole.zip') })
    const bytes = await readFile(file('whole.zip'))
    const at = bytes.indexOf('collections/things.ejsonl') + 60
    bytes[at] = (bytes[at] ?? 0) ^ 0xff
    await writeFile(file('flipped.zip'), bytes)

    expect(await refusal(file('flipped.zip'))).toContain('is damaged')
  })

  it.each([
    [
      'has another count',
      { 'manifest.json': manifestOf([{ ...things, count: 2 }]), [thingsFile]: '{"_id":"a"}\n' },
      'things holds 1 documents, its manifest says 2',
    ],
    [
      'has another checksum',
      { 'manifest.json': manifestOf([things]), [thingsFile]: '{"_id":"a"}\n' },
      'things does not match the checksum in its manifest',
    ],
    [
      'holds what is no document',
      { 'manifest.json': manifestOf([things]), [thingsFile]: '[1]\n' },
      'line 1 of things is not a document',
    ],
    ['lacks a collection', { 'manifest.json': manifestOf([things]) }, `${thingsFile} is missing`],
    [
      'holds more than it lists',
      { 'manifest.json': manifestOf([]), 'collections/users.ejsonl': '' },
      'collections/users.ejsonl is not in its manifest',
    ],
    [
      'names a collection of the server',
      { 'manifest.json': manifestOf([{ ...things, name: 'system.users' }]) },
      'its manifest is not valid at collections.0.name',
    ],
    [
      'smuggles in another tenant',
      {
        'manifest.json': manifestOf([{ ...things, tenantField: 'tenantId' }], {
          scope: { kind: 'tenants', tenantIds: ['ten_b'] },
        }),
        [thingsFile]: '{"_id":"a","tenantId":"ten_a"}\n',
      },
      'line 1 of things belongs to no tenant of the export',
    ],
    ['has no manifest', { 'imsmanifest.xml': '<manifest/>' }, 'it has no manifest.json'],
    [
      'is of another program',
      { 'manifest.json': '{"name":"an extension"}' },
      'its manifest is of another kind',
    ],
    [
      'comes from a newer version',
      { 'manifest.json': manifestOf([], { version: 2 }) },
      'was exported by a newer version (format 2)',
    ],
  ])('is refused when it %s', async (_, entries, sentence) => {
    expect(await refusal(await zipOf('odd.zip', entries))).toContain(sentence)
  })

  it('is refused when it does not exist', async () => {
    expect(await refusal(file('none.zip'))).toContain('cannot be read (ENOENT)')
  })
})
