import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { keyBytes } from './envelope.ts'

export interface MasterKeySource {
  /** What `EDPSYCH_MASTER_KEY` holds. */
  readonly value: string | undefined
  readonly dataDir: string
  /** The database is a server that other machines use too: a key in a local file would be lost on them. */
  readonly external: boolean
}

const example = 'EDPSYCH_MASTER_KEY="$(openssl rand -base64 32)"'

/** The master key as given, or the one kept in `DATA_DIR/master.key`, made on first use. */
export async function loadMasterKey({
  value,
  dataDir,
  external,
}: MasterKeySource): Promise<Buffer> {
  if (value !== undefined) return parseKey(value, 'EDPSYCH_MASTER_KEY')
  if (external) {
    throw new AppError(
      'invalid_configuration',
      `EDPSYCH_MASTER_KEY is missing: it must be given when MONGODB_URI is set, for example ${example}`,
    )
  }
  const file = join(dataDir, 'master.key')
  try {
    return (await readKeyFile(file)) ?? (await makeKeyFile(file, dataDir))
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new AppError(
      'invalid_configuration',
      `DATA_DIR=${dataDir} cannot keep the master key (${error.code}): set it to a folder that this user can write, for example DATA_DIR=.data`,
      { cause: error },
    )
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function parseKey(text: string, source: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== keyBytes || !/^[A-Za-z0-9+/]{43}=$/.test(text.trim())) {
    throw new AppError(
      'invalid_configuration',
      `${source} must be 32 bytes in base64, for example ${example}`,
    )
  }
  return key
}

async function readKeyFile(file: string): Promise<Buffer | null> {
  const info = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (info === null) return null
  // Windows has no such bits and reports them all as set.
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
    throw new AppError(
      'invalid_configuration',
      `${file} can be read by others; make it yours alone: chmod 600 '${file}'`,
    )
  }
  return parseKey(await readFile(file, 'utf8'), file)
}

/** A link appears whole or not at all, so a second process at this moment reads a whole key. */
async function makeKeyFile(file: string, dataDir: string): Promise<Buffer> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(draft, file)
  } catch (error) {
    if (!isExisting(error)) throw error
  } finally {
    await rm(draft, { force: true })
  }
  const key = await readKeyFile(file)
  if (!key) throw new AppError('invalid_configuration', `${file} vanished while it was made`)
  return key
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}
