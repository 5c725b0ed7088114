import { exportDatabase } from '../core/database/export-database.ts'
import { importDatabase } from '../core/database/import-database.ts'
import { staffTenantField } from '../modules/auth/index.ts'
import { tenantAndDescendants } from '../modules/tenants/index.ts'
import type { Group } from './command.ts'
import { table } from './table.ts'

export const db: Group = {
  export: {
    summary: 'Write the whole database, or one organisation with those below it, to a file',
    options: {
      out: { value: '<file>', description: 'File to write (.zip)', required: true },
      tenant: { value: '<slug>', description: 'Only this organisation and those below it' },
    },
    async run({ tenant }, given) {
      const out = given.required('out')
      const slug = given.option('tenant')
      const { collections, createdAt, scope } = await exportDatabase({
        out,
        tenantField: staffTenantField,
        ...(slug === undefined
          ? {}
          : { tenantIds: await tenantAndDescendants((await tenant(slug)).tenantId) }),
      })
      const counts = collections.map(({ name, count }) => ({ name, count }))
      return {
        result: { file: out, createdAt, scope, collections: counts },
        text: `${table(counts.map(({ name, count }) => [name, String(count)]))}\nWritten to ${out}`,
      }
    },
  },
  import: {
    summary: 'Bring the database to the state of an export; what the export does not name stays',
    options: { in: { value: '<file>', description: 'File of `db export`', required: true } },
    bringsData: true,
    async run(_installation, given) {
      const { collections, createdAt, scope } = await importDatabase({ in: given.required('in') })
      const failed = collections.filter((collection) => collection.failed.length > 0)
      const rows = collections.map(({ name, inserted, updated, unchanged, failed: refused }) => [
        name,
        `${inserted} new`,
        `${updated} changed`,
        `${unchanged} unchanged`,
        `${refused.length} refused`,
      ])
      return {
        result: { createdAt, scope, collections },
        text: table(rows),
        exitCode: failed.length === 0 ? 0 : 1,
      }
    },
  },
}
