import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mongoose from 'mongoose'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import type { EngineKind } from '../../backend/core/database/data-directory.ts'
import { type Database, openDatabase } from '../../backend/core/database/open-database.ts'
import { isAlive } from '../../backend/core/database/process-alive.ts'
import { createLogger } from '../../backend/core/logging.ts'

const log = createLogger({ level: 'silent' })
const path = process.env['PATH'] ?? ''
let folder = ''
let dataDir = ''
let database: Database | undefined

async function open(kinds?: readonly EngineKind[]): Promise<Database> {
  database = await openDatabase({ dataDir, log, ...(kinds ? { kinds } : {}) })
  return database
}

const rows = () => mongoose.connection.collection<{ _id: string }>('rows')

/** Puts a `mongod` first on PATH. */
async function installMongod(): Promise<void> {
  const program = fileURLToPath(new URL('../support/fake-mongod.ts', import.meta.url))
  const loader = fileURLToPath(import.meta.resolve('tsx'))
  await mkdir(join(folder, 'bin'))
  const script = `#!/bin/sh\nexec '${process.execPath}' --import '${loader}' '${program}' "$@"\n`
  await writeFile(join(folder, 'bin', 'mongod'), script)
  await chmod(join(folder, 'bin', 'mongod'), 0o755)
  process.env['PATH'] = `${join(folder, 'bin')}${delimiter}${path}`
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edpsych-fallback-'))
  dataDir = join(folder, 'data')
  process.env['PATH'] = folder // no mongod, whatever this machine has
})

afterEach(async () => {
  await database?.close()
  database = undefined
  process.env['PATH'] = path
  await rm(folder, { recursive: true, force: true })
})

describe('the choice of an engine', () => {
  it('goes on to the next kind where one does not run', async () => {
    const { kind } = await open(['mongod', 'embedded'])

    expect(kind).toBe('embedded')
    await rows().insertOne({ _id: 'a' })
  })

  it('says in one line what was tried and to set MONGODB_URI where none runs', async () => {
    await expect(open(['mongod'])).rejects.toMatchObject({
      code: 'database_unavailable',
      message:
        'no database runs on this machine (mongod: spawn mongod ENOENT): set MONGODB_URI, for example MONGODB_URI=mongodb://127.0.0.1:27017/edpsych',
    })
  })

  it('does not start empty where the engine that wrote the data is gone', async () => {
    await mkdir(join(dataDir, 'mongod'), { recursive: true })
    await writeFile(join(dataDir, 'mongod', 'WiredTiger'), '')

    await expect(open(['embedded', 'mongod'])).rejects.toMatchObject({
      message: expect.stringContaining("DATA_DIR holds a database of the kind 'mongod'"),
    })
  })

  it('starts nothing where MONGODB_URI names a server', async () => {
    const mongodbUri = inject('mongodbUri').replace('directConnection=true', '')
    database = await openDatabase({ mongodbUri, dataDir, dbName: 'test_server', log })

    expect(database.describe()).toMatchObject({
      kind: 'server',
      dbName: 'test_server',
      isAttached: false,
      enginePid: undefined,
    })
    expect(mongoose.connection.getClient().writeConcern).toMatchObject({ w: 1, journal: true })
    await mongoose.connection.dropDatabase()
  })

  it('shows no password when the server of MONGODB_URI cannot be reached', async () => {
    const mongodbUri = 'mongodb://someone:hidden-word@127.0.0.1:9/x?serverSelectionTimeoutMS=300'

    const refused = openDatabase({ mongodbUri, dataDir, log })

    await expect(refused).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringMatching(/^MongoDB at 127\.0\.0\.1:9 cannot be used \(.*MONGODB_URI/),
    })
    await expect(refused).rejects.not.toThrow(/hidden-word|someone/)
  })
})

describe('a mongod on PATH', () => {
  beforeEach(installMongod)

  it('is started on DATA_DIR, serves, keeps its data and ends with us', async () => {
    const first = await open(['mongod'])
    const { enginePid = 0 } = first.describe()
    await rows().insertOne({ _id: 'a' })
    await first.close()
    expect(isAlive(enginePid)).toBe(false)

    // The data decides: the embedded engine, though first in order, cannot read it.
    const second = await open()

    expect(second.kind).toBe('mongod')
    expect(await rows().findOne({ _id: 'a' })).toEqual({ _id: 'a' })
  })

  it('is taken over when its host is killed, and brought back when it is killed itself', async () => {
    const { describe: now } = await open(['mongod'])
    await rows().insertOne({ _id: 'a' })
    const { enginePid = 0 } = now()

    process.kill(await parentOf(enginePid), 'SIGKILL')
    await expect.poll(() => now().restarts).toBe(1)
    expect(now().enginePid).toBe(enginePid)
    await rows().insertOne({ _id: 'b' })

    process.kill(enginePid, 'SIGKILL')
    await expect.poll(() => now().restarts).toBe(2)
    expect(now().enginePid).not.toBe(enginePid)
    expect(await rows().countDocuments()).toBe(2)
  })
})
