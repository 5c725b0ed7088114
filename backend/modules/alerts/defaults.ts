import type { RoleName } from '../../../shared/scopes.ts'
import { insertOnce } from '../../core/database/insert-once.ts'
import { RouteModel, type RouteRow } from './route-store.ts'
import { RuleModel, type RuleRow } from './rule-store.ts'

const administrators: readonly RoleName[] = [
  'platform-admin',
  'trust-admin',
  'school-admin',
  'integration-operator',
]
const mostRemembered = 50_000

/** Sorted before all that is made later, as its age is. */
function partOf(tenantId: string): string {
  return tenantId.startsWith('ten_') ? tenantId.slice('ten_'.length) : '0'.repeat(26)
}

/** Every organisation is told of what is grave in the administration, without setting anything up. */
export function createDefaults(now: () => Date) {
  const done = new Set<string>()

  /** Makes what an organisation has by default, once; a restart and other processes do no harm. */
  return async function ensureDefaults(tenantId: string): Promise<void> {
    if (done.has(tenantId)) return
    const at = now()
    const routeId = `alt_${partOf(tenantId)}`
    const shared = {
      tenantId,
      enabled: true,
      isDefault: true,
      revision: 1,
      createdAt: at,
      updatedAt: at,
    }
    const route: RouteRow = {
      _id: routeId,
      ...shared,
      name: 'Administration',
      kind: 'in-app',
      to: null,
      roles: administrators,
      host: null,
      sealedUrl: null,
      sealedSecret: null,
      lastSentAt: null,
      lastError: null,
    }
    const rule: RuleRow = {
      _id: `alr_${partOf(tenantId)}`,
      ...shared,
      name: 'Warnings and worse',
      match: {
        severities: ['warning', 'critical'],
        causes: [],
        connectorKinds: [],
        connectorIds: [],
        owners: [],
      },
      includeBelow: false,
      routeIds: [routeId],
      groupWindowSeconds: 60,
      updateMinutes: 60,
      pendingMinutes: 0,
      notifyResolved: true,
      escalation: null,
      quietHours: null,
      digest: null,
    }
    await insertOnce(RouteModel, { ...route })
    await insertOnce(RuleModel, { ...rule })
    if (done.size >= mostRemembered) done.clear()
    done.add(tenantId)
  }
}
