import { connect as connectSocket } from 'node:net'
import mongoose from 'mongoose'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../logging.ts'
import { dataDirectory, type EngineKind } from './data-directory.ts'
import { readEngineRecord } from './engine-record.ts'
import { startLocalEngine } from './local-engine.ts'
import { nativeDb } from './native-collection.ts'
import { isAlive } from './process-alive.ts'

const defaultDbName = 'edpsych'

export interface OpenDatabaseOptions {
  /** A server, replica set or sharded cluster; absent: an engine of our own in `dataDir`. */
  readonly mongodbUri?: string | undefined
  readonly dataDir: string
  readonly dbName?: string
  readonly log: Logger
  /** Use the engine that another process runs on the same `dataDir`, if one does: for the CLI. */
  readonly attach?: boolean
  /** Kinds of engine to try, in order; for tests and for machines that must not download. */
  readonly kinds?: readonly EngineKind[]
}

export interface DatabaseDescription {
  readonly kind: 'server' | EngineKind
  readonly dbName: string
  /** `DATA_DIR`, or the server's hosts without user and password. */
  readonly location: string
  /** True when another process owns the engine. */
  readonly isAttached: boolean
  /** Process that keeps the data, where it is on this machine and known. */
  readonly enginePid: number | undefined
  readonly restarts: number
}

export interface Database {
  readonly kind: 'server' | EngineKind
  readonly uri: string
  describe(): DatabaseDescription
  /** Called once with the reason when an engine of our own could not be brought back. */
  onFailure(listener: (error: AppError) => void): void
  /** Disconnects mongoose and ends the engine, if it is ours. */
  close(): Promise<void>
}

/** Connects the process's one mongoose connection to a server or to a local engine. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  if (options.mongodbUri !== undefined) return openServer(options.mongodbUri, options)
  if (options.attach) {
    const attached = await attachToEngine(options)
    if (attached) return attached
  }
  try {
    return await openLocal(options)
  } catch (error) {
    // Another process took the directory between the look and the start.
    const isTaken = error instanceof AppError && error.code === 'database_in_use'
    const attached = options.attach && isTaken ? await attachToEngine(options) : undefined
    if (!attached) throw error
    return attached
  }
}

async function openServer(uri: string, { dbName, log }: OpenDatabaseOptions): Promise<Database> {
  const hosts = withoutCredentials(uri)
  const name = dbName ?? databaseIn(uri) ?? defaultDbName
  try {
    await connectMongoose(uri, name)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(uri, hosts) : String(error)
    throw new AppError(
      'database_unavailable',
      `MongoDB at ${hosts} cannot be used (${reason}): check MONGODB_URI and that the server runs`,
      { cause: error },
    )
  }
  mongoose.connection.on('disconnected', reportLoss)
  mongoose.connection.on('reconnected', reportReturn)
  function reportLoss(): void {
    log.warn({ hosts }, 'MongoDB connection lost')
  }
  function reportReturn(): void {
    log.info({ hosts }, 'MongoDB connection restored')
  }
  return {
    kind: 'server',
    uri,
    describe: () => describe({ kind: 'server', location: hosts }),
    onFailure: () => undefined,
    async close() {
      mongoose.connection.off('disconnected', reportLoss)
      mongoose.connection.off('reconnected', reportReturn)
      await mongoose.disconnect()
    },
  }
}

async function openLocal(options: OpenDatabaseOptions): Promise<Database> {
  const engine = await startLocalEngine(options)
  const { kind } = engine
  try {
    await connectMongoose(engine.current.uri, options.dbName ?? defaultDbName)
  } catch (error) {
    await engine.stop()
    throw error
  }
  const { root } = dataDirectory(options.dataDir)
  let closing: Promise<void> | undefined
  return {
    kind,
    uri: engine.current.uri,
    describe: () =>
      describe({
        kind,
        location: root,
        enginePid: engine.current.enginePid,
        restarts: engine.restarts,
      }),
    onFailure: (listener) => engine.onFailure(listener),
    close() {
      closing ??= mongoose.disconnect().finally(() => engine.stop())
      return closing
    },
  }
}

/** Reaches the engine of another process through its socket; undefined where none answers. */
async function attachToEngine(options: OpenDatabaseOptions): Promise<Database | undefined> {
  const { root, recordFile } = dataDirectory(options.dataDir)
  const record = readEngineRecord(recordFile)
  if (!record || !isAlive(record.enginePid) || !(await answers(record.uri))) return undefined
  await connectMongoose(record.uri, options.dbName ?? defaultDbName)
  const { kind, enginePid } = record
  return {
    kind,
    uri: record.uri,
    describe: () => describe({ kind, location: root, isAttached: true, enginePid }),
    onFailure: () => undefined,
    close: () => mongoose.disconnect(),
  }
}

function answers(uri: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(decodeURIComponent(withoutCredentials(uri)))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/**
 * Connects the default mongoose connection as every write relies on it: acknowledged means on disk. A server
 * alone acknowledges `w: 'majority'` before its journal is written, even with `j: true` (seen: up to 100 writes
 * lost at a SIGKILL), so there it must be `w: 1`.
 */
export async function connectMongoose(uri: string, dbName: string): Promise<void> {
  if (isSocket(uri)) return connectWith(uri, dbName, 1)
  await connectWith(uri, dbName, 'majority')
  // Another engine than ours: what it is decides.
  const hello = await nativeDb().command({ hello: 1 })
  const isAlone = hello['setName'] === undefined && hello['msg'] !== 'isdbgrid'
  if (!isAlone) return
  await mongoose.disconnect()
  await connectWith(uri, dbName, 1)
}

/** Every engine of ours is addressed by its socket. */
function isSocket(uri: string): boolean {
  return /^%2f/i.test(withoutCredentials(uri))
}

async function connectWith(uri: string, dbName: string, w: 1 | 'majority'): Promise<void> {
  await mongoose.connect(uri, {
    dbName,
    appName: 'edpsych-connect',
    // Longer than a restart of the engine takes; a connection string may know better.
    ...(uri.includes('serverSelectionTimeoutMS=') ? {} : { serverSelectionTimeoutMS: 8000 }),
    writeConcern: { w, journal: true },
    autoIndex: false,
    autoCreate: false,
  })
}

function describe(
  known: Pick<DatabaseDescription, 'kind' | 'location'> & Partial<DatabaseDescription>,
): DatabaseDescription {
  return {
    dbName: mongoose.connection.name,
    isAttached: false,
    enginePid: undefined,
    restarts: 0,
    ...known,
  }
}

/** Hosts of a connection string: what may be shown and logged. */
function withoutCredentials(uri: string): string {
  const [authority = ''] = uri.replace(/^mongodb(\+srv)?:\/\//, '').split(/[/?]/)
  return authority.slice(authority.lastIndexOf('@') + 1)
}

function databaseIn(uri: string): string | undefined {
  return /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]+)/.exec(uri)?.[1]
}
