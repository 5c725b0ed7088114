import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LmsLog } from './lms.ts'
import { freshState, type LmsState } from './state.ts'

/** The state a former run left behind; a file that cannot be read is set aside, not overwritten. */
export function loadSnapshot(file: string, log: LmsLog): LmsState {
  if (!existsSync(file)) return freshState()
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (!isSnapshot(found)) throw new TypeError('not a snapshot of this version')
    const fresh = freshState()
    return {
      ...fresh,
      ...found,
      faults: { ...fresh.faults, ...found.faults },
      settings: { ...fresh.settings, ...found.settings },
    }
  } catch (cause) {
    const aside = `${file}.unreadable`
    renameSync(file, aside)
    log.warn({ file: aside, reason: String(cause) }, 'simulated LMS state set aside, starting anew')
    return freshState()
  }
}

/** The file is written by this program alone, so its version stands for the rest of its shape. */
function isSnapshot(value: unknown): value is LmsState {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1
}

export interface Snapshots {
  /** Resolves when what is in memory now has reached the disk. */
  save(): Promise<void>
  close(): Promise<void>
}

/** Writes the state to a file, whole or not at all; changes of the same moment share one write. */
export function keepSnapshots(file: string, state: object, log: LmsLog): Snapshots {
  mkdirSync(dirname(file), { recursive: true })
  let writing: Promise<void> = Promise.resolve()
  let pending: Promise<void> | undefined

  const save = (): Promise<void> => {
    pending ??= queueWrite(writing)
    return pending
  }

  const queueWrite = async (before: Promise<void>): Promise<void> => {
    await before
    await delay(10)
    pending = undefined
    writing = write(file, state).catch((cause: unknown) => {
      // A full disk must not stop a lesson: the gradebook goes on in memory.
      log.warn({ file, reason: String(cause) }, 'simulated LMS state could not be saved')
    })
    await writing
  }

  return {
    save,
    close: async () => {
      await pending
      await writing
    },
  }
}

async function write(file: string, state: object): Promise<void> {
  const draft = `${file}.draft`
  // The file holds the LMS's private key.
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(JSON.stringify(state))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}
