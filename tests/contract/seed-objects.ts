import type { TestTenant } from '../support/app.ts'
import { addAssignment } from '../support/assignment-rows.ts'
import { addCourse, addGradeRows } from '../support/course-rows.ts'
import { addDeploymentRequest } from '../support/deployment-request-rows.ts'
import { addMatch } from '../support/match-rows.ts'
import { addProblemRows } from '../support/problem-rows.ts'
import { addSsoRows } from '../support/sso-rows.ts'
import { addSyncRows } from '../support/sync-rows.ts'

/** One object of each collection that a program can make, by the collection's path. */
export async function seedObjects(tenant: TestTenant): Promise<Record<string, string>> {
  const { id, client } = tenant
  const resource = await client('POST /api/v1/resources', {
    body: {
      name: 'Fractions',
      learningResourceType: 'lesson',
      license: { name: 'CC BY 4.0', url: null },
      attribution: 'EdPsych Connect',
    },
  })
  const path = await client('POST /api/v1/learning-paths', {
    body: { name: 'Fractions', steps: [{ kind: 'resource', targetId: resource.id }] },
  })
  const embed = await client('POST /api/v1/embeds', {
    body: { kind: 'resource', targetId: resource.id },
  })
  const user = await client('POST /api/v1/users', {
    body: { sourcedId: 'u1', givenName: 'Ada', familyName: 'Okafor', role: 'student' },
  })
  const schoolClass = await client('POST /api/v1/classes', {
    body: { sourcedId: 'c1', title: '7B Maths' },
  })
  const enrollment = await client('POST /api/v1/enrollments', {
    body: { sourcedId: 'e1', classSourcedId: 'c1', userSourcedId: 'u1', role: 'student' },
  })
  const key = await client('POST /api/v1/keys', { body: { name: 'Seed', scopes: ['items.read'] } })
  const platform = await client('POST /api/v1/lti/platforms', {
    body: {
      name: 'Moodle',
      issuer: 'https://moodle.fuzz.example',
      clientId: 'fuzz',
      authorizationEndpoint: 'https://moodle.fuzz.example/auth',
      tokenEndpoint: 'https://moodle.fuzz.example/token',
      jwksUri: 'https://moodle.fuzz.example/jwks',
      deploymentIds: ['1'],
    },
  })
  const webhook = await client('POST /api/v1/webhooks', {
    body: { url: 'http://127.0.0.1:9/hook', eventTypes: ['webhook.test'], enabled: false },
  })
  const application = await client('POST /api/v1/oauth-clients', {
    body: {
      name: 'Exporter',
      redirectUris: ['https://exporter.example/back'],
      scopes: ['items.read'],
      contact: 'support@exporter.example',
      purpose: 'Exports grades.',
    },
  })
  const role = await client('POST /api/v1/custom-roles', {
    body: { name: 'Seeded role', scopes: ['items.read'] },
  })
  const connection = await client('POST /api/v1/connections', {
    body: {
      connectorId: 'moodle',
      name: 'Our Moodle',
      config: { url: 'http://127.0.0.1:9/moodle' },
      credentials: { token: 'seeded' },
    },
  })
  const sync = await addSyncRows(id, connection.id)
  const problems = await addProblemRows({ id, client }, connection.id)
  const below = await client('POST /api/v1/tenants', {
    body: { name: 'Leaves', slug: `leaves-${id.slice(-8)}`, kind: 'sandbox' },
  })
  const leaving = await client('POST /api/v1/offboardings', {
    body: { tenantId: below.id, confirm: below.slug, reason: 'No longer needed' },
  })
  const courseId = await addCourse(id, 0)
  const gradeRows = await addGradeRows(id, courseId, 0)
  return {
    'custom-roles': role.id,
    connections: connection.id,
    syncs: sync,
    ...problems,
    ...(await addSsoRows(id, 0)),
    connectors: 'moodle',
    offboardings: leaving.id,
    resources: resource.id,
    'learning-paths': path.id,
    embeds: embed.id,
    users: user.id,
    classes: schoolClass.id,
    enrollments: enrollment.id,
    assignments: await addAssignment(tenant, 0),
    keys: key.id,
    'lti/platforms': platform.id,
    'lti/courses': courseId,
    'roster/matches': await addMatch(id, 0),
    'line-items': gradeRows.lineItemId,
    grades: gradeRows.gradeId,
    'grade-comparisons': gradeRows.comparisonId,
    'lti/deployment-requests': await addDeploymentRequest(id, 0),
    webhooks: webhook.id,
    'oauth-clients': application.id,
    tenants: id,
  }
}
