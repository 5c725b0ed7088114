import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type DataDirectory, makePrivateFolder, storageOf } from './data-directory.ts'
import { isAlive } from './process-alive.ts'
import { EngineUnavailableError, type ServedDatabase, socketUri } from './served-database.ts'

const stopTimeoutMs = 30_000
const tailLength = 4000

/** Starts a `mongod` binary on the directory, or takes over the one that a killed host left running there. */
export async function openMongod(
  directory: DataDirectory,
  binary = 'mongod',
): Promise<ServedDatabase> {
  if (process.platform === 'win32') {
    throw new EngineUnavailableError('mongod offers no private socket on Windows')
  }
  const { socketFile } = directory
  const storage = storageOf(directory, 'mongod')
  makePrivateFolder(storage)
  const adopted = await adoptMongod(socketFile, storage)
  if (adopted) return adopted

  makePrivateFolder(dirname(socketFile))
  rmSync(socketFile, { force: true })
  // Its own process group: a signal to ours must let the server finish its writes first.
  const child = spawn(binary, ['--dbpath', storage, '--bind_ip', socketFile], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = endOf(child)
  ended.catch(() => undefined) // whoever races it or is handed it sees the reason
  await Promise.race([ended, untilAccepting(socketFile)])
  return {
    uri: socketUri(socketFile),
    pid: child.pid ?? process.pid,
    ended,
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
      await exit
      clearTimeout(timer)
    },
  }
}

/** Starts a `mongod` that `mongodb-memory-server-core` downloads once; its files stay in `DATA_DIR`. */
export async function openDownloadedMongod(directory: DataDirectory): Promise<ServedDatabase> {
  return openMongod(directory, await downloadMongod())
}

async function downloadMongod(): Promise<string> {
  try {
    const { MongoBinary } = await import('mongodb-memory-server-core')
    return await MongoBinary.getPath({
      downloadDir: join(homedir(), '.cache', 'edpsych-connect', 'mongod'),
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new EngineUnavailableError(reason.split('\n')[0] ?? reason, { cause: error })
  }
}

async function adoptMongod(
  socketFile: string,
  storage: string,
): Promise<ServedDatabase | undefined> {
  const pid = lockHolder(storage)
  if (pid === undefined || !(await isAccepting(socketFile))) return undefined
  const isHeld = () => lockHolder(storage) === pid
  const ended = untilFalse(isHeld).then(() => {
    throw new Error('mongod ended')
  })
  ended.catch(() => undefined) // whoever is handed it sees the reason
  return {
    uri: socketUri(socketFile),
    pid,
    ended,
    async close() {
      process.kill(pid, 'SIGTERM')
      await Promise.race([untilFalse(isHeld), delay(stopTimeoutMs)])
    },
  }
}

/** Looks again and again: a process that is not our child tells nobody of its end. */
async function untilFalse(condition: () => boolean): Promise<void> {
  while (condition()) await delay(100)
}

/** `mongod` keeps its process id in its lock file and empties the file when it ends cleanly. */
function lockHolder(storage: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(storage, 'mongod.lock'), 'utf8').trim())
    return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined
  } catch {
    return undefined // no lock file yet
  }
}

/** Rejects with the last of what the process wrote when it ends or cannot be started. */
function endOf(child: ChildProcess): Promise<never> {
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-tailLength)
    })
  }
  return new Promise((_, reject) => {
    child.once('error', (error) => reject(new EngineUnavailableError(error.message)))
    child.once('exit', (code, signal) => {
      reject(new Error(`mongod ended with ${signal ?? `code ${code}`}: ${tail}`))
    })
  })
}

async function untilAccepting(socketFile: string): Promise<void> {
  while (!(await isAccepting(socketFile))) await delay(50)
}

function isAccepting(socketFile: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketFile)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
