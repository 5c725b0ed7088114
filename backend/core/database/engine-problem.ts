import { AppError } from '../../../shared/errors.ts'
import type { EngineKind } from './data-directory.ts'

/** Below this the engine aborts without a word instead of writing. */
export const leastFreeBytes = 32 * 1024 * 1024

export interface EngineFailure {
  readonly kind: EngineKind
  readonly dataDir: string
  /** What the engine or the system said. */
  readonly detail: string
  /** Undefined where it cannot be asked. */
  readonly freeBytes: number | undefined
  /** Process that serves the directory according to its record. */
  readonly holderPid?: number | undefined
}

/** Turns an engine's or the system's own words into one line that says what to do. */
export function explainFailure(failure: EngineFailure): AppError {
  const { detail, dataDir, freeBytes, holderPid } = failure
  // The engine reports a read-only file system as a lock that cannot be taken: first things first.
  if (/read-only file system|EROFS/i.test(detail)) {
    return new AppError(
      'storage_read_only',
      `DATA_DIR ${dataDir} is on a read-only file system: mount it writable, or set DATA_DIR to another folder`,
    )
  }
  if (/permission denied|EACCES|EPERM|belongs to another user/i.test(detail)) {
    return new AppError(
      'storage_read_only',
      `DATA_DIR ${dataDir} cannot be written by this user: give it to the user that runs the server, or set DATA_DIR to another folder`,
    )
  }
  if (/not a directory|ENOTDIR|EEXIST/i.test(detail)) {
    return new AppError(
      'database_unavailable',
      `DATA_DIR ${dataDir} is not a folder: set DATA_DIR to a folder`,
    )
  }
  if (
    /no space left|ENOSPC|EDQUOT|quota/i.test(detail) ||
    (freeBytes !== undefined && freeBytes < leastFreeBytes)
  ) {
    const free = freeBytes === undefined ? '' : ` (${Math.floor(freeBytes / 1024 / 1024)} MB free)`
    return new AppError(
      'storage_full',
      `the disk of DATA_DIR ${dataDir} is full${free}: free at least ${leastFreeBytes / 1024 / 1024} MB and start again; what was acknowledged is kept`,
    )
  }
  if (/DBPathInUse|unable to lock/i.test(detail)) {
    const who = holderPid === undefined ? 'another process' : `process ${holderPid}`
    return new AppError(
      'database_in_use',
      `DATA_DIR ${dataDir} is in use by ${who}: stop it, or set DATA_DIR to another folder`,
    )
  }
  return new AppError(
    'database_unavailable',
    `the database in ${dataDir} could not be opened (${failure.kind}: ${oneLine(detail)}): restore an export into a new DATA_DIR, or set MONGODB_URI`,
  )
}

/** The refusal when no kind of engine runs here; `holdsDataOf` wrote what `DATA_DIR` already holds. */
export function explainNoEngine(
  reasons: ReadonlyMap<EngineKind, string>,
  holdsDataOf?: EngineKind,
): AppError {
  const tried = [...reasons].map(([kind, reason]) => `${kind}: ${oneLine(reason)}`).join('; ')
  const what =
    holdsDataOf === undefined
      ? 'no database runs on this machine'
      : `DATA_DIR holds a database of the kind '${holdsDataOf}', which does not run on this machine`
  return new AppError(
    'database_unavailable',
    `${what} (${tried}): set MONGODB_URI, for example MONGODB_URI=mongodb://127.0.0.1:27017/edpsych`,
  )
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 300)
}
