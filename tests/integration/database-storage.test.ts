import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../backend/core/database/open-database.ts'
import { createLogger } from '../../backend/core/logging.ts'
import type { AppError } from '../../shared/errors.ts'

const log = createLogger({ level: 'silent' })
const folder = mkdtempSync(join(tmpdir(), 'edpsych-storage-'))
const mounted: string[] = []
let database: Database | undefined

function mount(name: string, options: string): string | undefined {
  const path = join(folder, name)
  spawnSync('mkdir', ['-p', path])
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', path])
  if (status !== 0) return undefined
  mounted.push(path)
  return path
}

const readOnly = mount('read-only', 'ro,size=1m')
const tiny = mount('tiny', 'size=8m')
const small = mount('small', 'size=96m')
const needsMount = 'needs root and mount'

async function open(dataDir: string): Promise<Database> {
  database = await openDatabase({ dataDir, log, kinds: ['embedded'] })
  return database
}

async function refusal(dataDir: string): Promise<{ code: string; message: string }> {
  const error: unknown = await open(dataDir).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'AppError' })
  return error as AppError
}

afterEach(async () => {
  await database?.close()
  database = undefined
})

afterAll(() => {
  for (const path of mounted) spawnSync('umount', ['-l', path])
  rmSync(folder, { recursive: true, force: true })
})

describe('a DATA_DIR that cannot be used', () => {
  it('below a file is refused in one line', async () => {
    await writeFile(join(folder, 'file'), '')
    const dataDir = join(folder, 'file', 'data')

    expect(await refusal(dataDir)).toMatchObject({
      code: 'database_unavailable',
      message: `DATA_DIR ${dataDir} is not a folder: set DATA_DIR to a folder`,
    })
  })

  it.skipIf(!readOnly)(
    `on a read-only file system is refused in one line (${needsMount})`,
    async () => {
      expect(await refusal(`${readOnly}`)).toMatchObject({
        code: 'storage_read_only',
        message: `DATA_DIR ${readOnly} is on a read-only file system: mount it writable, or set DATA_DIR to another folder`,
      })
      expect((await refusal(`${readOnly}/data`)).code).toBe('storage_read_only')
    },
  )

  it.skipIf(!tiny)(`on a full disk is refused in one line (${needsMount})`, async () => {
    expect(await refusal(`${tiny}/data`)).toMatchObject({
      code: 'storage_full',
      message: `the disk of DATA_DIR ${tiny}/data is full (8 MB free): free at least 32 MB and start again; what was acknowledged is kept`,
    })
  })
})

describe('a disk that fills up under a running server', () => {
  it.skipIf(!small)(
    `ends with one clear error and no acknowledged write lost (${needsMount})`,
    async () => {
      const dataDir = join(`${small}`, 'data')
      await mkdir(dataDir)
      const { onFailure } = await open(dataDir)
      const failure = new Promise<AppError>((resolve) => onFailure(resolve))
      const rows = () => mongoose.connection.collection<{ _id: number; x?: string }>('rows')
      await rows().insertOne({ _id: -1 })
      const { bavail, bsize } = await statfs(dataDir)
      await writeFile(join(`${small}`, 'ballast'), Buffer.alloc(bavail * bsize - 2 * 1024 * 1024))

      const acknowledged: number[] = []
      for (let _id = 0; ; _id++) {
        try {
          await rows().insertOne({ _id, x: randomBytes(100_000).toString('base64') })
          acknowledged.push(_id)
        } catch {
          break // the engine ended for want of space
        }
      }

      expect(await failure).toMatchObject({
        code: 'storage_full',
        message: expect.stringMatching(/^the disk of DATA_DIR .* is full \(\d+ MB free\): free at/),
      })
      await database?.close()
      await rm(join(`${small}`, 'ballast'))
      await open(dataDir)
      const stored = new Set(await rows().distinct('_id'))
      expect(stored.has(-1)).toBe(true)
      expect(acknowledged.filter((_id) => !stored.has(_id))).toEqual([])
    },
  )
})
