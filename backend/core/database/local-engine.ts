import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../logging.ts'
import {
  type DataDirectory,
  dataDirectory,
  type EngineKind,
  engineKinds,
  hasDataOf,
  prepareDataDirectory,
} from './data-directory.ts'
import { explainFailure, explainNoEngine } from './engine-problem.ts'
import { type EngineProcess, startEngineProcess } from './engine-process.ts'
import { readEngineRecord } from './engine-record.ts'
import { isAlive } from './process-alive.ts'
import { EngineUnavailableError } from './served-database.ts'
import { type SupervisedEngine, superviseEngine } from './supervise-engine.ts'

const holderEndsWithinMs = 20_000

export interface LocalEngineOptions {
  readonly dataDir: string
  readonly log: Logger
  /** In the order in which they are tried. */
  readonly kinds?: readonly EngineKind[]
}

export interface LocalEngine extends SupervisedEngine {
  readonly kind: EngineKind
}

/** Starts the first kind of engine that runs on this machine and keeps it running. */
export async function startLocalEngine(options: LocalEngineOptions): Promise<LocalEngine> {
  const { dataDir, log, kinds = engineKinds } = options
  const directory = dataDirectory(dataDir)
  prepare(directory)
  const unavailable = new Map<EngineKind, string>()
  for (const kind of kindsFor(directory, kinds)) {
    try {
      if (kind === 'memory-server') log.info({}, 'no MongoDB on this machine, downloading one')
      const start = () => startWhenFree(kind, directory)
      return Object.assign(await superviseEngine({ start, log }), { kind })
    } catch (error) {
      if (!(error instanceof EngineUnavailableError)) throw error
      unavailable.set(kind, error.message)
    }
  }
  throw explainNoEngine(
    unavailable,
    engineKinds.find((kind) => hasDataOf(directory, kind)),
  )
}

/** A server that was killed leaves its engine closing: the lock is waited for when its holder is gone. */
async function startWhenFree(kind: EngineKind, directory: DataDirectory): Promise<EngineProcess> {
  const deadline = performance.now() + holderEndsWithinMs
  for (;;) {
    try {
      return await startEngineProcess(kind, directory)
    } catch (error) {
      const holder = readEngineRecord(directory.recordFile)
      const isHeld = holder !== undefined && isAlive(holder.serverPid)
      const isLocked = error instanceof AppError && error.code === 'database_in_use'
      if (!isLocked || isHeld || performance.now() > deadline) throw error
      await delay(250)
    }
  }
}

function prepare(directory: DataDirectory): void {
  try {
    prepareDataDirectory(directory)
  } catch (error) {
    throw explainFailure({
      kind: 'embedded',
      dataDir: directory.root,
      detail: error instanceof Error ? error.message : String(error),
      freeBytes: undefined,
    })
  }
}

/** Data of one kind cannot be read by another, so a directory stays with what wrote it. */
function kindsFor(directory: DataDirectory, kinds: readonly EngineKind[]): readonly EngineKind[] {
  if (hasDataOf(directory, 'embedded')) return kinds.filter((kind) => kind === 'embedded')
  if (hasDataOf(directory, 'mongod')) return kinds.filter((kind) => kind !== 'embedded')
  return kinds
}
