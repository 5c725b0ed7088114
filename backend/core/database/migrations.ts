import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import mongoose from 'mongoose'
import { AppError } from '../../../shared/errors.ts'
import type { Logger } from '../logging.ts'
import { nativeDb } from './native-collection.ts'

/** One change of stored data that is made once per database. */
export interface Migration {
  /** Sorts by time and never changes: `2026-11-23-item-tier`. */
  readonly id: string
  readonly description: string
  /** May run again from the start after a crash, so it must be right when done twice. */
  up(db: mongoose.mongo.Db): Promise<void>
}

export interface MigrateOptions {
  readonly log: Pick<Logger, 'info'>
  /** A process that dies while migrating is taken over after this time. */
  readonly leaseMs?: number
}

interface MigrationRecord {
  readonly _id: string
  readonly description: string
  readonly owner: string
  readonly leaseUntil: Date
  readonly startedAt: Date
  readonly finishedAt: Date | null
}

const duplicateKey = 11000

export function defineMigration(migration: Migration): Migration {
  return migration
}

/** Runs, in the order given, the migrations that this database has not had; returns their ids. */
export async function migrate(
  migrations: readonly Migration[],
  { log, leaseMs = 60_000 }: MigrateOptions,
): Promise<string[]> {
  const ids = migrations.map(({ id }) => id)
  if (new Set(ids).size !== ids.length) throw new TypeError('two migrations have the same id')
  const records = nativeDb().collection<MigrationRecord>('migrations')
  await refuseNewerDatabase(records, ids)

  const done: string[] = []
  for (const migration of migrations) {
    const owner = randomUUID()
    if (!(await claim(records, migration, owner, leaseMs))) continue
    log.info({ migration: migration.id }, 'migration started')
    const startedAt = performance.now()
    await runLeased(records, migration, owner, leaseMs)
    const durationMs = Math.round(performance.now() - startedAt)
    log.info({ migration: migration.id, durationMs }, 'migration finished')
    done.push(migration.id)
  }
  return done
}

type Records = mongoose.mongo.Collection<MigrationRecord>

async function refuseNewerDatabase(records: Records, known: readonly string[]): Promise<void> {
  const unknown = await records.findOne({ _id: { $nin: [...known] }, finishedAt: { $ne: null } })
  if (!unknown) return
  throw new AppError(
    'migration_failed',
    `the database was changed by a newer version (migration ${unknown._id} is unknown here): start that version or a later one`,
  )
}

/** True when this process is to run it, false when it is done; waits while another process runs it. */
async function claim(
  records: Records,
  { id, description }: Migration,
  owner: string,
  leaseMs: number,
): Promise<boolean> {
  await addRecord(records, id)
  // The server's clock, so that processes on several machines agree on the lease.
  const isFree = { _id: id, finishedAt: null, $expr: { $lt: ['$leaseUntil', '$$NOW'] } }
  const leaseUntil = { $add: ['$$NOW', leaseMs] }
  const take = {
    $set: { description: { $literal: description }, owner, startedAt: '$$NOW', leaseUntil },
  }
  for (;;) {
    const { matchedCount } = await records.updateOne(isFree, [take])
    if (matchedCount > 0) return true
    const record = await records.findOne({ _id: id })
    if (record?.finishedAt) return false
    await delay(Math.min(250, leaseMs))
  }
}

/** A record that nobody holds; of several processes that add it one does and the others find it. */
async function addRecord(records: Records, id: string): Promise<void> {
  try {
    const free = { finishedAt: null, leaseUntil: new Date(0) }
    await records.updateOne({ _id: id }, { $setOnInsert: free }, { upsert: true })
  } catch (error) {
    const isThere = error instanceof mongoose.mongo.MongoServerError && error.code === duplicateKey
    if (!isThere) throw error
  }
}

async function runLeased(
  records: Records,
  migration: Migration,
  owner: string,
  leaseMs: number,
): Promise<void> {
  const mine = { _id: migration.id, owner }
  const extend = { $set: { leaseUntil: { $add: ['$$NOW', leaseMs] } } }
  const timer = setInterval(() => {
    // A missed extension only lets another process repeat the migration, which it may.
    records.updateOne(mine, [extend]).catch(() => undefined)
  }, leaseMs / 3)
  try {
    await migration.up(nativeDb())
    await records.updateOne(mine, [{ $set: { finishedAt: '$$NOW' } }])
  } catch (error) {
    await records.updateOne(mine, [{ $set: { leaseUntil: new Date(0) } }])
    throw new AppError(
      'migration_failed',
      `migration ${migration.id} failed: the server does not start before it succeeds; see the log for its cause`,
      { cause: error },
    )
  } finally {
    clearInterval(timer)
  }
}
