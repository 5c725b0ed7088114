import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadMasterKey } from './master-key.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'edpsych-key-'))
})

afterEach(async () => {
  await rm(dataDir, { recursive: true })
})

const local = () => ({ value: undefined, dataDir, external: false })

describe('loadMasterKey', () => {
  it('takes the key that is given', async () => {
    const key = randomBytes(32)

    const loaded = await loadMasterKey({ ...local(), value: key.toString('base64') })

    expect(loaded.equals(key)).toBe(true)
    expect(await readdir(dataDir)).toEqual([])
  })

  it.each([
    ['too short', randomBytes(16).toString('base64')],
    ['too long', randomBytes(33).toString('base64')],
    ['not base64', 'not base64 but of the length of a key, nearly'],
    ['empty', ''],
  ])('refuses one that is %s in one line with an example', async (_what, value) => {
    const message = await loadMasterKey({ ...local(), value }).catch(
      (error: Error) => error.message,
    )

    expect(message).toMatch(/^EDPSYCH_MASTER_KEY must be 32 bytes in base64, for example [^\n]+$/)
  })

  it('must be given one when the database is elsewhere', async () => {
    await expect(loadMasterKey({ ...local(), external: true })).rejects.toThrow(
      /^EDPSYCH_MASTER_KEY is missing: it must be given when MONGODB_URI is set/,
    )
  })

  it('names DATA_DIR where a folder cannot be made', async () => {
    const file = join(dataDir, 'file')
    await writeFile(file, '')
    const message = await loadMasterKey({ ...local(), dataDir: join(file, 'data') }).catch(
      (error: Error) => error.message,
    )

    expect(message).toMatch(/^DATA_DIR=\S+ cannot keep the master key \(ENOTDIR\): [^\n]+$/)
  })

  it('makes a key that only its owner can read, once', async () => {
    const nested = join(dataDir, 'not', 'there', 'yet')

    const first = await loadMasterKey({ ...local(), dataDir: nested })
    const second = await loadMasterKey({ ...local(), dataDir: nested })

    expect(first).toHaveLength(32)
    expect(second.equals(first)).toBe(true)
    expect((await stat(join(nested, 'master.key'))).mode & 0o777).toBe(0o600)
    expect(await readdir(nested)).toEqual(['master.key'])
  })

  it('gives ten processes that start together the same key', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => loadMasterKey(local())))

    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
  })

  it('refuses a key file that others can read, and a damaged one', async () => {
    const file = join(dataDir, 'master.key')
    await loadMasterKey(local())
    await chmod(file, 0o644)
    await expect(loadMasterKey(local())).rejects.toThrow(/chmod 600/)

    await chmod(file, 0o600)
    await writeFile(file, 'damaged')
    await expect(loadMasterKey(local())).rejects.toThrow(/master\.key must be 32 bytes in base64/)
  })
})
