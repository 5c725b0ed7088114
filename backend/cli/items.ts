import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { type Group, tenantOption } from './command.ts'
import { table } from './table.ts'

export const items: Group = {
  import: {
    summary: 'Import a QTI 3 item or package; what cannot be imported is listed with the reason',
    argument: { name: '<file>', description: 'An item (.xml) or a package (.zip)' },
    options: tenantOption,
    async run({ tenant, services }, given) {
      const ctx = await tenant(given.required('tenant'))
      const bytes = await readInput(given.argument)
      const { assessment } = await services()
      const report = await assessment.importItems(ctx, {
        fileName: basename(given.argument),
        bytes,
      })
      const imported = report.imported.map(({ id, file }) => ({ id, file }))
      const { skipped } = report
      return {
        result: { imported, skipped },
        text: [
          `Imported ${imported.length}`,
          table(imported.map(({ id, file }) => [id, file])),
          `Skipped ${skipped.length}`,
          table(skipped.map(({ file, reason }) => [file, reason])),
        ].join('\n'),
      }
    },
  },
}

async function readInput(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // what readFile rejects with
    throw new AppError('invalid_request', `${path} cannot be read (${code}); check its name`, {
      cause: error,
    })
  }
}
