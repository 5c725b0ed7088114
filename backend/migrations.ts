import { type AuditRow, toEntry, wordsOf } from './core/audit/index.ts'
import { defineMigration, type Migration } from './core/database/migrations.ts'

/** Codes of a server that has no such collection or index. */
const missing = new Set<unknown>([26, 27])

/** Logins are carried by the browser, and sessions are found by the id in their token. */
const launchesById = defineMigration({
  id: '2026-11-23-lti-launches-by-id',
  description: 'Drop the stored LTI logins and the index by which sessions were found',
  async up(db) {
    await passOver(() => db.collection('ltiSessions').dropIndex('tokenDigest_1'))
    await passOver(() => db.dropCollection('ltiLogins'))
  },
})

async function passOver(drop: () => Promise<unknown>): Promise<void> {
  try {
    await drop()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && missing.has(error.code))) throw error
  }
}

/** Entries of the trail are found by their words; those written before have none yet. */
const auditWords = defineMigration({
  id: '2026-11-23-audit-words',
  description: 'Add to the entries of the audit trail the words they are found by',
  async up(db) {
    const entries = db.collection<AuditRow>('auditEntries')
    for (;;) {
      const rows = await entries
        .find({ words: { $exists: false } })
        .limit(1000)
        .toArray()
      if (rows.length === 0) return
      await entries.bulkWrite(
        rows.map((row) => ({
          updateOne: {
            filter: { _id: row._id },
            update: { $set: { words: wordsOf(toEntry(row)) } },
          },
        })),
        { ordered: false },
      )
    }
  },
})

/** A grade may be corrected, so an attempt has several deliveries, and one of each lane counts. */
const gradesByLane = defineMigration({
  id: '2026-11-24-grades-by-lane',
  description: 'Give grade deliveries a revision, their item, and say which one counts',
  async up(db) {
    await passOver(() => db.collection('ltiScores').dropIndex('tenantId_1_attemptId_1'))
    const deliveries = db.collection<{ _id: string; lane: string; attemptId: string }>('ltiScores')
    const attempts = db.collection<{ _id: string; itemId: string }>('attempts')
    for (;;) {
      const rows = await deliveries
        .find({ revision: { $exists: false } })
        .limit(1000)
        .toArray()
      if (rows.length === 0) break
      const found = await attempts
        .find({ _id: { $in: rows.map(({ attemptId }) => attemptId) } })
        .project<{ _id: string; itemId: string }>({ itemId: 1 })
        .toArray()
      const items = new Map(found.map(({ _id, itemId }) => [_id, itemId]))
      await deliveries.bulkWrite(
        rows.map(({ _id, attemptId }) => ({
          updateOne: {
            filter: { _id },
            update: {
              $set: { revision: 1, isCurrent: false, itemId: items.get(attemptId) ?? 'unknown' },
            },
          },
        })),
        { ordered: false },
      )
    }
    const newest = deliveries.aggregate<{ id: string }>([
      { $sort: { submittedAt: 1, _id: 1 } },
      { $group: { _id: { tenantId: '$tenantId', lane: '$lane' }, id: { $last: '$_id' } } },
    ])
    for await (const { id } of newest) {
      await deliveries.updateOne({ _id: id }, { $set: { isCurrent: true } })
    }
  },
})

/** Changes of stored data, oldest first; an entry that was released never changes. */
export const migrations: readonly Migration[] = [launchesById, auditWords, gradesByLane]
