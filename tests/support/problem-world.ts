import { createLogger } from '../../backend/core/logging.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import type {
  ConnectionsAccess,
  GateEvent,
  RefreshEvent,
} from '../../backend/modules/connections/index.ts'
import { createProblemsModule } from '../../backend/modules/problems/index.ts'
import type { Connection } from '../../shared/api/connections.ts'
import { AppError } from '../../shared/errors.ts'

type Held = Pick<
  Connection,
  'id' | 'tenantId' | 'connectorId' | 'kind' | 'name' | 'openProblems' | 'credentialsExpireAt'
>

export interface WorldTenant {
  readonly id: string
  readonly kind: string
  readonly parentId: string | null
}

/** Organisations and connections in memory, and the real module of problems over the real database. */
export function createProblemWorld(tenants: readonly WorldTenant[]) {
  const time = { ms: Date.parse('2026-11-23T08:00:00Z') }
  const now = () => new Date(time.ms)
  const held = new Map<string, Held>()
  const published: { tenantId: string; topic: string; message: object }[] = []
  const gate: ((event: GateEvent) => void)[] = []
  const refresh: ((event: RefreshEvent) => void)[] = []
  const reports: Parameters<ConnectionsAccess['onReport']>[0][] = []
  const byId = new Map(tenants.map((tenant) => [tenant.id, tenant]))

  async function lineageOf(id: string): Promise<WorldTenant[]> {
    const tenant = byId.get(id)
    if (!tenant) return []
    return [...(tenant.parentId ? await lineageOf(tenant.parentId) : []), tenant]
  }

  async function treeOf(id: string): Promise<string[]> {
    const below = tenants.filter(({ parentId }) => parentId === id)
    return [id, ...(await Promise.all(below.map((tenant) => treeOf(tenant.id)))).flat()]
  }

  const connections = {
    async read(ctx, id) {
      const found = held.get(id)
      const lineage = await lineageOf(found?.tenantId ?? '')
      if (!found || !lineage.some((tenant) => tenant.id === ctx.tenantId)) {
        throw new AppError('not_found', `the connection ${id} does not exist`)
      }
      // What problems read of a connection.
      return found as Connection
    },
    async setOpenProblems(_ctx, id, count) {
      const found = held.get(id)
      if (found) found.openProblems = count
    },
    onGate: (observer) => gate.push(observer),
    onRefresh: (observer) => refresh.push(observer),
    onReport: (observer) => reports.push(observer),
  } satisfies Partial<ConnectionsAccess>

  const problems = createProblemsModule({
    connections: () => connections,
    recoveryMinutesOf: async () => 60,
    lineageOf,
    treeOf,
    publish: (tenantId, topic, message) => published.push({ tenantId, topic, message }),
    log: createLogger({ level: 'silent' }),
    now,
  })
  problems.listenTo(connections)

  return {
    problems,
    connections,
    published,
    lineageOf,
    treeOf,
    now,
    held,
    gate(event: GateEvent): void {
      for (const observer of gate) observer(event)
    },
    refresh(event: RefreshEvent): void {
      for (const observer of refresh) observer(event)
    },
    reports,
    pass(minutes: number): void {
      time.ms += minutes * 60_000
    },
    setTime(iso: string): void {
      time.ms = Date.parse(iso)
    },
    connect(tenantId: string, id: string, facts: Partial<Held> = {}): string {
      held.set(id, {
        id,
        tenantId,
        connectorId: 'moodle',
        kind: 'lms',
        name: `Connection ${id}`,
        openProblems: 0,
        credentialsExpireAt: null,
        ...facts,
      })
      return id
    },
    fail(tenantId: string, connectionId: string, cause = 'timeout', detail = 'No answer in 15 s') {
      return problems.report(systemContext(tenantId, 'test'), {
        connectionId,
        cause,
        evidence: { kind: 'check', detail },
      })
    },
    work(tenantId: string, connectionId: string) {
      return problems.succeeded(systemContext(tenantId, 'test'), connectionId, now())
    },
  }
}
