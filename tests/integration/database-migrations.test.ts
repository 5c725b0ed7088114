import mongoose, { Schema } from 'mongoose'
import { beforeEach, describe, expect, it } from 'vitest'
import { ensureIndexes } from '../../backend/core/database/ensure-indexes.ts'
import { defineMigration, migrate } from '../../backend/core/database/migrations.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { useTestDatabase } from '../support/database.ts'

useTestDatabase()

const log = createLogger({ level: 'silent' })
const records = () => mongoose.connection.collection<{ _id: string }>('migrations')

beforeEach(async () => {
  await records().deleteMany({})
})

function recording(ran: string[], ...ids: string[]) {
  return ids.map((id) =>
    defineMigration({
      id,
      description: `makes ${id}`,
      async up() {
        ran.push(id)
      },
    }),
  )
}

describe('migrate', () => {
  it('runs what is new, in order, once, and records it', async () => {
    const ran: string[] = []

    const first = await migrate(recording(ran, '1-a', '2-b'), { log })
    const second = await migrate(recording(ran, '1-a', '2-b', '3-c'), { log })

    expect(first).toEqual(['1-a', '2-b'])
    expect(second).toEqual(['3-c'])
    expect(ran).toEqual(['1-a', '2-b', '3-c'])
    const stored = await records().find().sort({ _id: 1 }).toArray()
    expect(stored).toMatchObject([
      { _id: '1-a', description: 'makes 1-a', finishedAt: expect.any(Date) },
      { _id: '2-b', finishedAt: expect.any(Date) },
      { _id: '3-c', finishedAt: expect.any(Date) },
    ])
  })

  it('runs each once when many processes start at the same moment, and all wait for its end', async () => {
    let runs = 0
    let finished = 0
    const slow = defineMigration({
      id: '1-slow',
      description: 'takes a while',
      async up() {
        runs++
        await new Promise((resolve) => setTimeout(resolve, 300))
        finished++
      },
    })

    const starts = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const done = await migrate([slow], { log })
        return { done, finishedThen: finished }
      }),
    )

    expect(runs).toBe(1)
    expect(starts.filter(({ done }) => done.length === 1)).toHaveLength(1)
    expect(starts.every(({ finishedThen }) => finishedThen === 1)).toBe(true)
  })

  it('takes over from a process that died, and not from one that works on', async () => {
    let attempts = 0
    const long = defineMigration({
      id: '1-long',
      description: 'outlasts its first lease',
      async up() {
        attempts++
        await new Promise((resolve) => setTimeout(resolve, 2200))
      },
    })
    await records().insertOne({
      _id: '1-long',
      owner: 'dead',
      finishedAt: null,
      leaseUntil: new Date(Date.now() + 200),
    } as { _id: string })

    await Promise.all([1, 2, 3].map(() => migrate([long], { log, leaseMs: 1500 })))

    expect(attempts).toBe(1)
  })

  it('stops at a failure, says which one, and tries it again next time', async () => {
    const ran: string[] = []
    const [before, after] = recording(ran, '1-before', '3-after')
    const broken = defineMigration({
      id: '2-broken',
      description: 'fails at first',
      async up() {
        if (!ran.includes('2-broken')) {
          ran.push('2-broken')
          throw new Error('no')
        }
      },
    })
    if (!before || !after) throw new Error('two migrations are needed')

    await expect(migrate([before, broken, after], { log })).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining('migration 2-broken failed'),
    })
    expect(ran).toEqual(['1-before', '2-broken'])

    await expect(migrate([before, broken, after], { log })).resolves.toEqual([
      '2-broken',
      '3-after',
    ])
  })

  it('does not start on a database that a newer version has changed', async () => {
    await migrate(recording([], '1-a', '2-newer'), { log })

    await expect(migrate(recording([], '1-a'), { log })).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining('migration 2-newer is unknown here'),
    })
  })

  it('refuses two migrations of one id', async () => {
    await expect(migrate(recording([], '1-a', '1-a'), { log })).rejects.toThrow('same id')
  })
})

describe('ensureIndexes', () => {
  const schema = new Schema(
    { email: { type: String, unique: true } },
    { collection: 'indexed_things' },
  )
  const Thing = mongoose.model('IndexedThing', schema)

  it('creates what is missing and changes nothing the second time', async () => {
    await mongoose.connection.collection('indexed_things').drop()

    await ensureIndexes([Thing])
    await ensureIndexes([Thing])

    const indexes = await mongoose.connection.collection('indexed_things').indexes()
    expect(indexes.map(({ name }) => name)).toEqual(['_id_', 'email_1'])
    await Thing.create({ email: 'a@example.org' })
    await expect(Thing.create({ email: 'a@example.org' })).rejects.toMatchObject({ code: 11000 })
  })

  it('names the model whose index differs in the database', async () => {
    await mongoose.connection.collection('indexed_things').dropIndexes()
    await mongoose.connection.collection('indexed_things').createIndex({ email: 1 })

    await expect(ensureIndexes([Thing])).rejects.toMatchObject({
      code: 'migration_failed',
      message: expect.stringContaining('an index of IndexedThing differs'),
    })
  })
})
