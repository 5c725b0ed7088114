import {
  type DataDirectory,
  dataDirectory,
  type EngineKind,
  removeEngineTraces,
  writeEngineRecord,
} from './data-directory.ts'
import { openEmbedded } from './embedded-engine.ts'
import { UntrustedEngineError } from './engine-files.ts'
import { openDownloadedMongod, openMongod } from './mongod-engine.ts'
import { EngineUnavailableError, type HostMessage, type ServedDatabase } from './served-database.ts'

// The process that keeps the data: started by its parent with a kind and a `DATA_DIR`. It ends on its
// parent's message or with its parent, never by a signal to the group: the server writes to the last.

const closeTimeoutMs = 45_000

const openers: Readonly<Record<EngineKind, (directory: DataDirectory) => Promise<ServedDatabase>>> =
  {
    embedded: openEmbedded,
    mongod: openMongod,
    'memory-server': openDownloadedMongod,
  }

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
// A parent that was killed leaves pipes that nobody reads.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

const serverPid = process.ppid // once the parent is gone this is another process
const parentLeft = new Promise<void>((resolve) => {
  process.on('message', (message) => {
    if (message === 'stop') resolve()
  })
  process.on('disconnect', resolve)
})
// Also bounds an opening that nobody waits for any more, such as a download.
void parentLeft.then(() => setTimeout(() => process.exit(1), closeTimeoutMs).unref())

const [kind, dataDir] = process.argv.slice(2)
if (!isEngineKind(kind) || dataDir === undefined || !process.send) {
  throw new TypeError('engine-host is started by the server with a kind and a folder')
}
await serve(kind, dataDirectory(dataDir))

function isEngineKind(text: string | undefined): text is EngineKind {
  return text !== undefined && text in openers
}

async function serve(kind: EngineKind, directory: DataDirectory): Promise<void> {
  let served: ServedDatabase
  try {
    served = await openers[kind](directory)
  } catch (error) {
    await report(failure(error))
    process.exit(1)
  }
  served.ended?.catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  })
  writeEngineRecord(directory.recordFile, {
    kind,
    enginePid: served.pid,
    serverPid,
    uri: served.uri,
    startedAt: new Date().toISOString(),
  })
  await report({ type: 'ready', uri: served.uri, enginePid: served.pid })

  await parentLeft
  // Before the lock is given up: the next engine puts its own there.
  removeEngineTraces(directory)
  await served.close()
  process.exit(0)
}

function failure(error: unknown): HostMessage {
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof EngineUnavailableError) {
    return { type: 'failed', reason: 'unavailable', detail }
  }
  if (error instanceof UntrustedEngineError) return { type: 'failed', reason: 'untrusted', detail }
  return { type: 'failed', reason: 'open', detail }
}

/** Resolves when the parent has it, or when there is no parent any more. */
function report(message: HostMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send || !process.connected) return resolve()
    process.send(message, () => resolve())
  })
}
