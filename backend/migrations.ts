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

/** Changes of stored data, oldest first; an entry that was released never changes. */
export const migrations: readonly Migration[] = [launchesById]
