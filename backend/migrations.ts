import type { Migration } from './core/database/migrations.ts'

/** Changes of stored data, oldest first; an entry that was released never changes. */
export const migrations: readonly Migration[] = []
