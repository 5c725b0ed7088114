import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AppError } from '../../../shared/errors.ts'
import { type DataDirectory, type EngineKind, freeBytes, hasDataOf } from './data-directory.ts'
import { explainFailure, leastFreeBytes } from './engine-problem.ts'
import { readEngineRecord } from './engine-record.ts'
import { isAlive } from './process-alive.ts'
import { EngineUnavailableError, type HostMessage } from './served-database.ts'

const tailLength = 4000

/** The engine's process while it serves. */
export interface EngineProcess {
  readonly uri: string
  readonly enginePid: number
  /** Resolves with a few words when the process is gone, whatever the cause. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

/** Starts the process that keeps the data and resolves once it serves; throws what a person can act on. */
export async function startEngineProcess(
  kind: EngineKind,
  directory: DataDirectory,
): Promise<EngineProcess> {
  const free = freeBytes(directory.root)
  if (free < leastFreeBytes) throw explain(kind, directory, 'no space left')
  const child = forkHost(kind, directory)
  const ended = endOf(child)
  const answer = await Promise.race([firstMessage(child), ended])

  if (typeof answer === 'string') {
    if (!hasDataOf(directory, kind)) throw new EngineUnavailableError(answer)
    throw explain(kind, directory, answer)
  }
  if (answer.type === 'failed') {
    await ended
    if (answer.reason === 'unavailable') throw new EngineUnavailableError(answer.detail)
    if (answer.reason === 'untrusted') throw new AppError('engine_untrusted', answer.detail)
    throw explain(kind, directory, answer.detail)
  }
  return {
    uri: answer.uri,
    enginePid: answer.enginePid,
    ended,
    async stop() {
      if (child.connected) child.send('stop')
      await ended
    },
  }
}

function explain(kind: EngineKind, directory: DataDirectory, detail: string): AppError {
  const holder = readEngineRecord(directory.recordFile)
  return explainFailure({
    kind,
    dataDir: directory.root,
    detail,
    freeBytes: freeBytes(directory.root),
    holderPid: holder && (isAlive(holder.serverPid) ? holder.serverPid : holder.enginePid),
  })
}

/** From sources the host needs the loader that this process was started with; a build needs nothing. */
function forkHost(kind: EngineKind, directory: DataDirectory): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts')
  const host = new URL(isSource ? './engine-host.ts' : './engine-host.js', import.meta.url)
  return fork(fileURLToPath(host), [kind, directory.root], {
    execArgv: isSource ? ['--import', sourceLoader()] : [],
    env: withoutSecrets(process.env),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

function sourceLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
}

/** The engine has no use for the server's keys and passwords. */
function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('EDPSYCH_')))
}

function firstMessage(child: ChildProcess): Promise<HostMessage> {
  return new Promise((resolve) => {
    // Only engine-host.ts writes to this channel, and only this type.
    child.once('message', (message) => resolve(message as HostMessage))
  })
}

function endOf(child: ChildProcess): Promise<string> {
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-tailLength)
    })
  }
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(`ended with ${signal ?? `code ${code}`} ${tail}`.trim())
    })
    child.once('error', (error) => resolve(error.message))
  })
}
