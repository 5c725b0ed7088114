import { AuditCheckpointModel } from '../../backend/core/audit/checkpoints.ts'
import { newId } from '../../backend/core/ids.ts'
import { JobModel } from '../../backend/core/jobs/store.ts'
import type { TenantContext } from '../../backend/core/tenancy.ts'
import { insertKey } from '../../backend/modules/auth/key-store.ts'
import { SupportAccessModel } from '../../backend/modules/auth/support-access-store.ts'
import { ExchangeModel } from '../../backend/modules/connections/exchange-store.ts'
import { StateChangeModel } from '../../backend/modules/connections/history-store.ts'
import { CheckModel } from '../../backend/modules/monitoring/check-store.ts'
import { SyntheticModel } from '../../backend/modules/monitoring/synthetic-store.ts'
import { OAuthApprovalModel } from '../../backend/modules/oauth/approval-store.ts'
import { OAuthConsentModel } from '../../backend/modules/oauth/consent-store.ts'
import { OffboardingModel } from '../../backend/modules/offboarding/store.ts'
import { OnboardingModel } from '../../backend/modules/onboarding/store.ts'
import { saveStep } from '../../backend/modules/paths/progress-store.ts'
import { CertificationModel } from '../../backend/modules/sandbox/certification/certification-store.ts'
import { TenantModel } from '../../backend/modules/tenants/store.ts'
import type { TestTenant } from './app.ts'
import { addAssignment } from './assignment-rows.ts'
import { addCourse, addGradeRows } from './course-rows.ts'
import { addDeploymentRequest } from './deployment-request-rows.ts'
import { itemFixture, itemFixtures } from './item-xml.ts'
import { addMatch } from './match-rows.ts'
import { addProblemRows } from './problem-rows.ts'
import { addSsoRows } from './sso-rows.ts'
import { addSyncRows } from './sync-rows.ts'

const rows = [0, 1, 2, 3, 4]
/** Two of a kind, so that equal values are met. */
const nameOf = (no: number) => (no < 2 ? 'Alike' : `No ${no}`)

/** Several objects for every list of the API; answers the ids that addresses of lists name. */
export async function addListRows(tenant: TestTenant): Promise<Record<string, string>> {
  const { client } = tenant
  for (const no of rows) await addByApi(client, no)
  const itemId = await addItems(client)
  const pathId = await addPaths(tenant, itemId)
  const { data } = await client('GET /api/v1/lti/platforms', {})
  const [webhook] = (await client('GET /api/v1/webhooks', {})).data
  for (const _ of rows) {
    await client('POST /api/v1/webhooks/:id/test', { params: { id: webhook?.id ?? '' } })
  }
  const sandboxId = await addSandboxes(client)
  const [connection] = (await client('GET /api/v1/connections', { query: { sort: 'name' } })).data
  const connectionId = connection?.id ?? ''
  const syncId = await addSyncRows(tenant.id, connectionId)
  for (const no of rows) {
    await addSyncRows(tenant.id, connectionId, no < 2 ? syncId : undefined)
    await addSyncRows(tenant.id, connectionId, syncId)
    await addSyncRows(tenant.id, data[0]?.id ?? '')
    await addMatch(tenant.id, no)
    await addByStore(tenant.id, sandboxId, no)
    await addToConnection(client, tenant.id, connectionId, no)
    await addProblemRows(tenant, connectionId, no)
    await addAssignment(tenant, no)
  }
  return {
    items: itemId,
    'learning-paths': pathId,
    'lti/platforms': data[0]?.id ?? '',
    'lti/courses': await addCourse(tenant.id, 0),
    sandboxes: sandboxId,
    syncs: syncId,
    connections: connectionId,
  }
}

async function addByApi(client: TestTenant['client'], no: number): Promise<void> {
  const name = nameOf(no)
  const resource = await client('POST /api/v1/resources', {
    body: {
      name,
      learningResourceType: 'lesson',
      license: { name: 'CC BY 4.0', url: null },
      attribution: 'EdPsych Connect',
    },
  })
  await client('POST /api/v1/embeds', { body: { kind: 'resource', targetId: resource.id } })
  await client('POST /api/v1/users', {
    body: { sourcedId: `u${no}`, givenName: `Given ${no}`, familyName: name, role: 'student' },
  })
  await client('POST /api/v1/classes', { body: { sourcedId: `c${no}`, title: name } })
  await client('POST /api/v1/enrollments', {
    body: {
      sourcedId: `e${no}`,
      classSourcedId: `c${no}`,
      userSourcedId: `u${no}`,
      role: 'student',
    },
  })
  await client('POST /api/v1/keys', { body: { name, scopes: ['items.read'] } })
  await client('POST /api/v1/lti/platforms', {
    body: {
      name,
      issuer: `https://lms-${no}.lists.example`,
      clientId: 'lists',
      authorizationEndpoint: 'https://lms.lists.example/auth',
      tokenEndpoint: 'https://lms.lists.example/token',
      jwksUri: 'https://lms.lists.example/jwks',
      deploymentIds: rows.map((deployment) => `${no}-${deployment}`),
    },
  })
  await client('POST /api/v1/webhooks', {
    body: { url: `http://127.0.0.1:9/${no}`, eventTypes: ['webhook.test'] },
  })
  await client('POST /api/v1/oauth-clients', {
    body: {
      name,
      redirectUris: ['https://app.lists.example/back'],
      scopes: ['items.read'],
      contact: 'help@lists.example',
      purpose: 'Lists.',
    },
  })
  await client('POST /api/v1/people', {
    body: { name, email: `person-${no}@lists.example`, role: 'teacher' },
  })
  await client('POST /api/v1/custom-roles', {
    body: { name: `Role ${no}`, scopes: ['items.read'] },
  })
  await client('POST /api/v1/tenants', { body: { name, slug: `listed-${no}`, kind: 'sandbox' } })
  await client('POST /api/v1/connections', {
    body: { connectorId: 'moodle', name: `Moodle ${no}`, config: { url: 'https://a.example' } },
  })
}

async function addItems(client: TestTenant['client']): Promise<string> {
  let last = ''
  for (const fixture of itemFixtures.slice(0, 4)) {
    last = await addItem(client, itemFixture(fixture))
    const { id } = await client('POST /api/v1/attempts', { body: { itemId: last } })
    await client('POST /api/v1/attempts/:id/submit', { params: { id }, body: { responses: {} } })
  }
  for (const no of rows) {
    const xml = itemFixture(itemFixtures[3])
    last = await addItem(client, xml.replace(/ title="[^"]*"/, ` title="Version ${no}"`))
  }
  return last
}

/** Paths, and how far learners are in the last of them. */
async function addPaths({ id: tenantId, client }: TestTenant, itemId: string): Promise<string> {
  let last = ''
  for (const no of rows) {
    const steps = [{ kind: 'item' as const, targetId: itemId }]
    const path = await client('POST /api/v1/learning-paths', { body: { name: nameOf(no), steps } })
    last = path.id
  }
  for (const no of rows) {
    const place = { platformId: 'plat_lists', deploymentId: '1', contextId: `course-${no}` }
    await saveStep(
      { tenantId },
      { pathId: last, learnerId: `plat_lists/u${no}`, ...place },
      'step_1',
      {
        doneAt: new Date(),
        score: no,
        maxScore: 5,
      },
    )
  }
  return last
}

async function addItem(client: TestTenant['client'], xml: string): Promise<string> {
  const report = await client('POST /api/v1/items/import', {
    query: { fileName: 'item.xml' },
    file: new Blob([xml], { type: 'application/xml' }),
  })
  return report.imported[0]?.id ?? ''
}

async function addSandboxes(client: TestTenant['client']): Promise<string> {
  const made = []
  for (const _ of rows.slice(0, 3)) made.push(await client('POST /api/v1/sandboxes', { body: {} }))
  const [sandbox] = made
  for (const no of rows) await fetch(`${sandbox?.inspectorUrl}/${no}`)
  return sandbox?.id ?? ''
}

/** What only comes about with an LMS, an application or a job that runs for long. */
async function addByStore(tenantId: string, sandboxId: string, no: number): Promise<void> {
  const now = new Date()
  await addOnboarding(tenantId, no)
  await JobModel.create({
    _id: newId('job'),
    tenantId,
    name: 'lists.test',
    status: 'done',
    attempts: 1,
    leaseMs: 1000,
    runAt: now,
    requestId: 'lists',
    createdAt: now,
    updatedAt: now,
  })
  await addDeploymentRequest(tenantId, no)
  await addSsoRows(tenantId, no)
  const courseId = await addCourse(tenantId, 0)
  await addCourse(tenantId, no)
  await addGradeRows(tenantId, courseId, no)
  await CertificationModel.create({
    _id: newId('crt'),
    tenantId: sandboxId,
    endpointUrl: 'https://hooks.lists.example/in',
    secret: 'sealed',
    status: 'cancelled',
    checks: [],
  })
  await AuditCheckpointModel.create({
    _id: newId('chk'),
    tenantId,
    no: 1000 + no,
    seq: no,
    hash: 'h',
    at: now,
    keyId: 'k',
    previous: 'p',
    signature: 's',
  })
  await OAuthApprovalModel.create({
    _id: newId('apr'),
    tenantId,
    clientId: `app-${no}`,
    requested: ['roster.read'],
  })
  await SupportAccessModel.create({
    _id: newId('sup'),
    tenantId,
    personId: newId('usr'),
    personName: 'Sam Support',
    reason: 'Launches fail',
    until: now,
  })
  await OffboardingModel.create({
    _id: newId('off'),
    tenantId,
    leaving: { id: newId('ten'), name: `Left ${no}`, slug: `left-${no}`, kind: 'school' },
    leavingIds: [],
    state: 'cancelled',
    reason: 'Stays',
    requestedBy: { kind: 'staff', id: 'usr_1' },
    deleteAt: now,
  })
  await addConsent(tenantId, newId('usr'), no)
}

async function addToConnection(
  client: TestTenant['client'],
  tenantId: string,
  connectionId: string,
  no: number,
): Promise<void> {
  const createdAt = new Date()
  await client('PATCH /api/v1/connections/:id', {
    params: { id: connectionId },
    body: { config: { url: `https://moodle-${no}.example` } },
  })
  await StateChangeModel.create({
    _id: newId('csc'),
    tenantId,
    connectionId,
    from: no % 2 === 0 ? 'active' : 'paused',
    to: no % 2 === 0 ? 'paused' : 'active',
    code: 'listed',
    why: '',
    by: null,
    at: createdAt,
  })
  await ExchangeModel.create({
    _id: newId('exc'),
    tenantId,
    connectionId,
    purpose: 'health',
    method: 'GET',
    host: 'moodle.example',
    path: '/',
    status: 200,
    durationMs: 12,
    bytes: 100,
    attempt: 1,
    errorCode: null,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + 86_400_000),
  })
  const kept = {
    tenantId,
    connectionId,
    code: no % 2 === 0 ? null : 'timeout',
    message: null,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + 86_400_000),
  }
  await CheckModel.create({
    _id: newId('chk'),
    ...kept,
    trigger: 'schedule',
    result: no % 2 === 0 ? 'ok' : 'failing',
    state: 'ok',
    latencyMs: 12,
  })
  await SyntheticModel.create({
    _id: newId('syn'),
    ...kept,
    name: nameOf(no),
    title: nameOf(no),
    status: no % 2 === 0 ? 'passed' : 'failed',
    durationMs: 12,
  })
}

/** A school below that is being set up. */
async function addOnboarding(tenantId: string, no: number): Promise<void> {
  const _id = newId('ten')
  await TenantModel.create({
    _id,
    slug: _id.replace('_', '-'),
    name: nameOf(no),
    kind: 'school',
    parentId: tenantId,
    ancestorIds: [tenantId],
  })
  await OnboardingModel.create({
    _id: newId('onb'),
    tenantId: _id,
    begunBy: { kind: 'system', id: 'lists' },
  })
}

async function addConsent(tenantId: string, staffUserId: string, no: number): Promise<void> {
  await OAuthConsentModel.create({
    _id: newId('gra'),
    tenantId,
    clientId: `app-${no}`,
    staffUserId,
    scopes: ['items.read'],
    withheld: [],
    expiresAt: new Date(Date.now() + 3_600_000),
  })
}

/** What a member of staff has of their own: paired extensions and consents. */
export async function addOwnRows(ctx: TenantContext, staffUserId: string): Promise<void> {
  for (const no of rows) {
    await addConsent(ctx.tenantId, staffUserId, no)
    await insertKey(ctx, {
      kind: 'extension',
      name: nameOf(no),
      mode: 'live',
      hint: 'edp_ext_…',
      digest: newId('digest'),
      scopes: ['items.read'],
      staffUserId,
      expiresAt: new Date(Date.now() + 3_600_000),
    })
  }
}
