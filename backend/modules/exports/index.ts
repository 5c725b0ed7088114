import { exportsApi } from '../../../shared/api/exports.ts'
import { defineModule, type Module } from '../../core/module.ts'
import { createCartridge } from './common-cartridge.ts'
import type { ExportsDeps } from './deps.ts'
import { ExportModel } from './export-store.ts'
import { exportsRouter } from './router.ts'

/** Selections of content as files for systems that speak none of our protocols. */
export function createExportsModule(deps: ExportsDeps): Module<typeof exportsApi> {
  return defineModule({
    name: 'exports',
    contract: exportsApi,
    models: [ExportModel],
    router: exportsRouter(deps),
    handlers: {
      'POST /api/v1/exports/common-cartridge': (ctx, { body }) => createCartridge(deps, ctx, body),
    },
  })
}
