import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** Which program keeps the files: the npm package, `mongod` on PATH, or a downloaded `mongod`. */
export const engineKinds = ['embedded', 'mongod', 'memory-server'] as const
export type EngineKind = (typeof engineKinds)[number]

/** A Unix socket's path has 108 bytes on Linux and 104 on macOS, with the closing zero. */
const longestSocketPath = 100

/** Where the parts of a local database lie below `DATA_DIR`. */
export interface DataDirectory {
  readonly root: string
  /** Names the engine that is running, for a second process. */
  readonly recordFile: string
  /** The same at every start, so that clients find a restarted engine again. */
  readonly socketFile: string
}

/** Who serves a data directory: written by the engine's process for a second process to read. */
export interface EngineRecord {
  readonly kind: EngineKind
  readonly enginePid: number
  readonly serverPid: number
  readonly uri: string
  readonly startedAt: string
}

export function dataDirectory(dataDir: string): DataDirectory {
  const root = resolve(dataDir)
  const near = join(root, 'run', 'engine.sock')
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16)
  return {
    root,
    recordFile: join(root, 'engine.json'),
    socketFile:
      Buffer.byteLength(near) <= longestSocketPath
        ? near
        : join(tmpdir(), `edpsych-${name}`, 'engine.sock'),
  }
}

/** The folder of the engine's files; a downloaded `mongod` and one on PATH share theirs. */
export function storageOf(directory: DataDirectory, kind: EngineKind): string {
  return join(directory.root, kind === 'embedded' ? 'engine' : 'mongod')
}

export function hasDataOf(directory: DataDirectory, kind: EngineKind): boolean {
  return existsSync(join(storageOf(directory, kind), 'WiredTiger'))
}

/** Creates `DATA_DIR` where missing and writes in it once; throws the system's error where it cannot. */
export function prepareDataDirectory(directory: DataDirectory): void {
  // A recursive mkdir on a read-only file system says ENOENT, which names the wrong cause.
  accessSync(nearestExisting(directory.root), constants.W_OK)
  makeFolders(directory.root)
  const probe = join(directory.root, `.writable-${process.pid}`)
  writeFileSync(probe, 'x')
  rmSync(probe)
}

/** Folder by folder: below some file systems, such as `/proc`, Node's recursive way never ends. */
function makeFolders(path: string): void {
  const existing = nearestExisting(path)
  const missing: string[] = []
  for (let folder = path; folder !== existing; folder = dirname(folder)) missing.unshift(folder)
  for (const folder of missing) mkdirSync(folder, { mode: 0o700 })
}

function nearestExisting(path: string): string {
  let found = path
  while (!existsSync(found)) found = dirname(found)
  return found
}

export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

/** A folder that only this user can enter; throws where somebody else made it first. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const found = lstatSync(path)
  const mine = process.getuid === undefined || found.uid === process.getuid()
  if (!found.isDirectory() || !mine) throw new Error(`${path} belongs to another user`)
  chmodSync(path, 0o700)
}

/** Replaces the record in one step, so that a reader never sees half of it. */
export function writeEngineRecord(file: string, record: EngineRecord): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  renameSync(draft, file)
}

/** Forgets the engine: its record, its socket and the folder made for the socket. */
export function removeEngineTraces({ recordFile, socketFile }: DataDirectory): void {
  rmSync(recordFile, { force: true })
  rmSync(dirname(socketFile), { recursive: true, force: true })
}
