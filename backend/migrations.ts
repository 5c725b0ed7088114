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

/** Changes of stored data, oldest first; an entry that was released never changes. */
export const migrations: readonly Migration[] = [launchesById, auditWords]
