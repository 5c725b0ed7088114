import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import mongoose from 'mongoose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dataDirectory } from '../../backend/core/database/data-directory.ts'
import { type Database, openDatabase } from '../../backend/core/database/open-database.ts'
import { isAlive } from '../../backend/core/database/process-alive.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { startNodeProcess } from '../support/node-process.ts'

const log = createLogger({ level: 'silent' })
const program = 'database-process.ts'
let folder = ''
let dataDir = ''
let database: Database | undefined

const open = async () => {
  database = await openDatabase({ dataDir, log, kinds: ['embedded'] })
  return database
}
const rows = () => mongoose.connection.collection<{ _id: string }>('rows')
const enginePid = async () => {
  const record: unknown = JSON.parse(await readFile(join(dataDir, 'engine.json'), 'utf8'))
  return (record as { enginePid: number }).enginePid
}
const acknowledged = (lines: readonly Record<string, unknown>[]) =>
  lines.flatMap((line) => ('acknowledged' in line ? [`row_${line['acknowledged']}`] : []))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edpsych-engine-'))
  dataDir = join(folder, 'data')
})

afterEach(async () => {
  await database?.close()
  database = undefined
  await rm(folder, { recursive: true, force: true })
})

describe('an engine that is killed', () => {
  it('serves again by itself and loses no acknowledged write: ten times, under four writers', async () => {
    const { describe } = await open()
    const written: string[] = []
    const stop = new AbortController()
    async function writeOn(writer: number): Promise<void> {
      for (let n = 0; !stop.signal.aborted; n++) {
        const _id = `${writer}-${n}`
        while (!(await isAcknowledged(_id))) await delay(20, undefined, stop)
        written.push(_id)
      }
    }
    async function isAcknowledged(_id: string): Promise<boolean> {
      try {
        await rows().insertOne({ _id })
        return true
      } catch (error) {
        // It had been written when the connection broke.
        return error instanceof mongoose.mongo.MongoServerError && error.code === 11000
      }
    }
    const writers = [1, 2, 3, 4].map(writeOn)

    for (let kill = 1; kill <= 10; kill++) {
      const before = written.length
      await expect.poll(() => written.length).toBeGreaterThan(before + 40)
      process.kill(describe().enginePid ?? 0, 'SIGKILL')
      await expect.poll(() => describe().restarts).toBe(kill)
    }
    const before = written.length
    await expect.poll(() => written.length).toBeGreaterThan(before + 40)
    stop.abort()
    await Promise.all(writers)

    const stored = new Set((await rows().find().toArray()).map(({ _id }) => _id))
    expect(written.filter((_id) => !stored.has(_id))).toEqual([])
    expect(await mongoose.connection.db?.command({ validate: 'rows' })).toMatchObject({
      valid: true,
    })
  }, 300_000)
})

describe('a server that is killed', () => {
  it('leaves no engine behind and its data to the next start, even at once', async () => {
    const killed = startNodeProcess(program, ['write', dataDir])
    await expect.poll(() => killed.lines.length).toBeGreaterThan(50)
    const orphan = await enginePid()
    process.kill(killed.pid, 'SIGKILL')

    await open()

    expect(await killed.ended).toBe('SIGKILL')
    await expect.poll(() => isAlive(orphan)).toBe(false)
    const stored = new Set((await rows().find().toArray()).map(({ _id }) => _id))
    expect(acknowledged(killed.lines).filter((_id) => !stored.has(_id))).toEqual([])
  })
})

describe('a signal to the whole process group', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s does not end the engine',
    async (signal) => {
      const { describe } = await open()

      process.kill(describe().enginePid ?? 0, signal)
      await delay(100)

      await rows().insertOne({ _id: 'after' })
      expect(describe().restarts).toBe(0)
    },
  )

  it('lets the server finish its last writes, close its engine and end cleanly', async () => {
    const server = startNodeProcess(program, ['write', dataDir], { ownGroup: true })
    await expect.poll(() => server.lines.length).toBeGreaterThan(20)
    const engine = await enginePid()
    process.kill(-server.pid, 'SIGTERM')

    expect(await server.ended).toBe(0)

    expect(server.lines.at(-1)).toEqual({ closed: true })
    expect(isAlive(engine)).toBe(false)
    await open()
    const stored = new Set((await rows().find().toArray()).map(({ _id }) => _id))
    expect(acknowledged(server.lines).filter((_id) => !stored.has(_id))).toEqual([])
  })
})

describe('a second process on the same DATA_DIR', () => {
  it('reaches the same data through the socket of the running engine', async () => {
    await open()
    await rows().insertOne({ _id: 'by the server' })

    const second = startNodeProcess(program, ['attach', dataDir])

    expect(await second.line('ready')).toMatchObject({
      ready: { kind: 'embedded', isAttached: true, enginePid: await enginePid() },
    })
    expect(await second.line('found')).toEqual({ found: 1 })
    expect(await second.ended).toBe(0)
    expect(await rows().countDocuments()).toBe(2)
  })

  it('opens an engine of its own when none runs, and leaves nothing running', async () => {
    const alone = startNodeProcess(program, ['attach', dataDir])

    const { ready } = await alone.line('ready')
    expect(ready).toMatchObject({ isAttached: false })
    expect(await alone.ended).toBe(0)
    expect(isAlive((ready as { enginePid: number }).enginePid)).toBe(false)
    await expect(stat(join(dataDir, 'engine.json'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is told in one line who holds it when it wants to serve too', async () => {
    await open()

    const second = startNodeProcess(program, ['write', dataDir])

    expect(await second.line('code')).toEqual({
      code: 'database_in_use',
      message: `DATA_DIR ${dataDir} is in use by process ${process.pid}: stop it, or set DATA_DIR to another folder`,
    })
    expect(await second.ended).toBe(1)
    expect(await rows().countDocuments()).toBe(0)
  })

  it('finds the socket where the path of DATA_DIR is too long for one', async () => {
    dataDir = join(folder, 'd'.repeat(100))
    const { uri } = await open()

    const second = startNodeProcess(program, ['attach', dataDir])

    expect(decodeURIComponent(uri)).not.toContain(dataDir)
    expect(await second.line('found')).toEqual({ found: 0 })
    expect(await second.ended).toBe(0)
  })
})

describe('the files of a running engine', () => {
  it('are open to nobody else', async () => {
    await open()

    const { recordFile, socketFile } = dataDirectory(dataDir)
    expect((await stat(dirname(socketFile))).mode & 0o777).toBe(0o700)
    expect((await stat(join(dataDir, 'engine'))).mode & 0o777).toBe(0o700)
    expect((await stat(recordFile)).mode & 0o777).toBe(0o600)
  })
})

it('answers searches by two indexes through many documents, planned before or now', async () => {
  await open()
  const things = mongoose.connection.collection<{ _id: string }>('things')
  await things.createIndex({ tenantId: 1, _id: -1 })
  await things.createIndex({ size: 1 })
  const insert = (from: number, count: number, size: number) =>
    things.insertMany(
      Array.from({ length: count }, (_, index) => ({
        _id: `thg_${String(from + index).padStart(6, '0')}`,
        tenantId: 'a',
        size,
      })),
    )
  const search = () =>
    things
      .find({ tenantId: 'a', name: 'none', size: { $gt: 5 } }, { sort: { _id: -1 }, limit: 50 })
      .toArray()

  await insert(0, 3, 1)
  for (let times = 0; times < 6; times++) await search()
  await insert(1000, 3000, 1)
  for (let times = 0; times < 6; times++) await search()
  await insert(10_000, 20_000, 10)

  expect(await search()).toEqual([])
  expect(await things.find({ tenantId: 'a', other: 1, size: { $gt: 5 } }).toArray()).toEqual([])
})
