import type { TenantSummary } from '../../../shared/api/access.ts'
import { type EffectiveSetting, settingsApi } from '../../../shared/api/settings.ts'
import { AppError } from '../../../shared/errors.ts'
import { defineModule } from '../../core/module.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { placedTree, readLineage } from '../tenants/index.ts'
import { type Branding, brandingOf } from './branding.ts'
import { checkChanges, writeChanges } from './change-settings.ts'
import { describeSettings } from './describe-settings.ts'
import { createLiveSettings } from './live-settings.ts'
import { previewChanges } from './preview-changes.ts'
import { brandingRouter } from './router.ts'
import { SettingsModel } from './store.ts'

export type { Branding } from './branding.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [SettingsModel]

/** Settings that are inherited down the tree of organisations, with provenance, locks and a what-if. */
export function createSettingsModule({ now }: { now(): Date }) {
  const live = createLiveSettings({
    lineageOf: async (tenantId) => (await readLineage(tenantId)).map(({ id }) => id),
  })

  /** The organisation asked for, with those above it; it is the caller's own or lies below. */
  async function lineageFor(ctx: TenantContext, id = ctx.tenantId): Promise<TenantSummary[]> {
    const lineage = await readLineage(id)
    if (!lineage.some((tenant) => tenant.id === ctx.tenantId)) {
      throw new AppError('not_found', `The organisation ${id} does not exist`)
    }
    await live.fresh()
    return lineage
  }

  const module = defineModule({
    name: 'settings',
    contract: settingsApi,
    models: [SettingsModel],
    router: brandingRouter(live),
    handlers: {
      'GET /api/v1/settings': async (ctx, { query }) =>
        describeSettings(await lineageFor(ctx, query.tenantId), live),
      async 'POST /api/v1/settings/preview'(ctx, { body }) {
        const lineage = await lineageFor(ctx)
        const changes = checkChanges(body.changes, lineage, live)
        const tree = await placedTree(ctx.tenantId)
        return previewChanges(ctx.tenantId, changes, tree, lineage.slice(0, -1), live)
      },
      async 'PATCH /api/v1/settings'(ctx, { body }) {
        const lineage = await lineageFor(ctx)
        await writeChanges(ctx, checkChanges(body.changes, lineage, live), live, now())
        return describeSettings(lineage, live)
      },
    },
  })

  return {
    ...module,
    get: live.get,
    /** Every setting that counts for an organisation, with where each comes from. */
    async describe(tenantId: string): Promise<readonly EffectiveSetting[]> {
      const lineage = await readLineage(tenantId)
      await live.fresh()
      return describeSettings(lineage, live).settings
    },
    branding: (tenantId: string): Promise<Branding> => brandingOf(tenantId, live),
  }
}
