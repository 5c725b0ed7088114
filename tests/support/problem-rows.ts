import { newId } from '../../backend/core/ids.ts'
import { AlertModel } from '../../backend/modules/alerts/alert-store.ts'
import { ActModel } from '../../backend/modules/problems/act-store.ts'
import { ProblemModel } from '../../backend/modules/problems/store.ts'
import { problemCauses } from '../../shared/problem-causes.ts'
import type { TestTenant } from './app.ts'

/** A problem, an act, an alert and what alerts are set by; answers their ids by the path of their collection. */
export async function addProblemRows(
  { id: tenantId, client }: Pick<TestTenant, 'id' | 'client'>,
  connectionId: string,
  no = 0,
): Promise<Record<string, string>> {
  const at = new Date()
  const shared = { tenantId, createdAt: at, updatedAt: at }
  const problem = newId('prb')
  await ProblemModel.create({
    ...shared,
    _id: problem,
    tenantKind: 'school',
    subject: connectionId,
    connectionId,
    connectionName: 'Moodle',
    connectorId: 'moodle',
    connectorKind: 'lms',
    cause: problemCauses[no] ?? 'other',
    status: 'resolved',
    severity: 'warning',
    owner: 'vendor',
    evidence: [],
    firstSeenAt: at,
    openedAt: at,
    lastSeenAt: at,
    occurrences: 1,
    flaps: 0,
    resolvedAt: at,
    resolvedBy: 'recovery',
    notes: [],
  })
  await ActModel.create({
    _id: newId('act'),
    tenantId,
    connectionId,
    cause: 'timeout',
    act: 'retry',
    result: 'worked',
    before: 'It failed.',
    after: 'It works.',
    explanation: 'Once more often helps.',
    at,
  })
  const route = await client('POST /api/v1/alert-routes', {
    body: { kind: 'in-app', name: `Way ${no}`, roles: ['school-admin'] },
  })
  const rule = await client('POST /api/v1/alert-rules', {
    body: { name: `Rule ${no}`, routeIds: [route.id], enabled: false },
  })
  const silence = await client('POST /api/v1/silences', {
    body: { reason: 'Maintenance', endsAt: new Date(at.getTime() + 3_600_000).toISOString() },
  })
  const alert = newId('alm')
  await AlertModel.create({
    ...shared,
    _id: alert,
    kind: 'problem',
    severity: 'warning',
    title: 'Moodle: it is slow',
    text: 'It is slow.',
    connectorId: 'moodle',
    ruleId: rule.id,
    routeId: route.id,
    routeName: route.name,
    channel: 'in-app',
    status: 'sent',
    attempts: 1,
    members: [problem],
    roles: ['school-admin'],
    sentAt: at,
    readBy: [],
  })
  return {
    problems: problem,
    alerts: alert,
    'alert-rules': rule.id,
    'alert-routes': route.id,
    silences: silence.id,
  }
}
