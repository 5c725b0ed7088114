import { accessApi } from '../../../shared/api/access.ts'
import { defineModule } from '../../core/module.ts'
import { pickRoutes } from '../../core/pick-routes.ts'
import { TenantModel } from './store.ts'
import { changeTenant, createTenant, listTenants, readTenant } from './tenants.ts'

export { createSandboxTenant, removeSandboxTenant, removeTenantRow } from './sandbox-tenants.ts'
export {
  createTenant,
  ensurePlatformTenant,
  findTenantBySlug,
  findTenantWithAncestors,
  getTenant,
  listTrees,
  type NewTenant,
  placedTree,
  readLineage,
  tenantAndDescendants,
} from './tenants.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [TenantModel]

const contract = pickRoutes(accessApi, [
  'GET /api/v1/tenants',
  'POST /api/v1/tenants',
  'GET /api/v1/tenants/:id',
  'PATCH /api/v1/tenants/:id',
])

export const tenantsModule = defineModule({
  name: 'tenants',
  contract,
  models: [TenantModel],
  handlers: {
    'GET /api/v1/tenants': (ctx, { query }) => listTenants(ctx, query),
    'POST /api/v1/tenants': (ctx, { body }) => createTenant(ctx, body),
    'GET /api/v1/tenants/:id': (ctx, { params }) => readTenant(ctx, params.id),
    'PATCH /api/v1/tenants/:id': (ctx, { params, body }, { ifMatch }) =>
      changeTenant(ctx, params.id, body, ifMatch),
  },
})
