import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WithOutbox } from '../../backend/core/events/index.ts'
import { DirectoryModel } from '../../backend/modules/lti/platforms/directory-store.ts'
import { PlatformModel } from '../../backend/modules/lti/platforms/platform-store.ts'
import { ApiError } from '../../shared/api/client.ts'
import { useTestDatabase } from '../support/database.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import { claim, launch, login, newTenant, openSession } from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

let tool: LtiToolServer
let platform: HostilePlatform
let clients = 0

beforeAll(async () => {
  tool = await startLtiTool()
  platform = await startHostilePlatform()
})

afterAll(async () => {
  await Promise.all([tool.stop(), platform.stop()])
})

/** A registration of a client that no other test has. */
function registration(changes: object = {}) {
  clients += 1
  return platform.registration({ clientId: `client-${clients}-own`, ...changes })
}

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error(`no refusal but ${String(error)}`)
  return `${error.status} ${error.code}`
}

describe('a registration', () => {
  it('is kept, listed, changed and removed', async () => {
    const api = tool.as(newTenant())
    const body = registration({ deploymentIds: ['a', 'b', 'a'] })

    const made = await api('POST /api/v1/lti/platforms', { body })
    const params = { id: made.id }
    const read = await api('GET /api/v1/lti/platforms/:id', { params })
    const list = await api('GET /api/v1/lti/platforms', { query: {} })
    const changed = await api('PATCH /api/v1/lti/platforms/:id', {
      params,
      body: { name: 'New name', deploymentIds: ['b', 'c'] },
    })
    await api('DELETE /api/v1/lti/platforms/:id', { params })

    expect(made).toMatchObject({ ...body, deploymentIds: ['a', 'b'], allowAnonymous: false })
    expect(made.id).toMatch(/^plat_/)
    expect(read).toEqual(made)
    expect(list).toEqual({ data: [made], nextCursor: null })
    expect(changed).toMatchObject({
      name: 'New name',
      deploymentIds: ['b', 'c'],
      issuer: body.issuer,
    })
    expect(await refusal(api('GET /api/v1/lti/platforms/:id', { params }))).toBe('404 not_found')
    expect(await DirectoryModel.countDocuments({ platformId: made.id })).toBe(0)
  })

  it('is announced, made, changed and removed', async () => {
    const tenantId = newTenant()
    const api = tool.as(tenantId)
    const { id } = await api('POST /api/v1/lti/platforms', { body: registration() })
    await api('PATCH /api/v1/lti/platforms/:id', { params: { id }, body: { name: 'B' } })
    await api('DELETE /api/v1/lti/platforms/:id', { params: { id } })

    // Nothing relays here, so what was removed still holds the events of its life.
    const removed = await PlatformModel.findOne({ _id: id, tenantId }, null, {
      withRemoved: true,
    }).lean<WithOutbox>()

    expect(removed?.pendingEvents).toMatchObject(
      ['created', 'updated', 'deleted'].map((change) => ({
        tenantId,
        type: `lti.platform.${change}`,
        data: { platformId: id },
      })),
    )
  })

  it('is changed only by those who know its latest version', async () => {
    const api = tool.as(newTenant())
    const { id } = await api('POST /api/v1/lti/platforms', { body: registration() })
    const address = `${tool.publicUrl}/api/v1/lti/platforms/${id}`
    const tenantId = (await PlatformModel.findOne({ _id: id }, null, { acrossTenants: 'a test' }))
      ?.tenantId
    const authorization = `Bearer tenant_${tenantId}`
    const etag = (await fetch(address, { headers: { authorization } })).headers.get('etag') ?? ''
    const patch = (name: string) =>
      api('PATCH /api/v1/lti/platforms/:id', { params: { id }, body: { name }, ifMatch: etag })

    const first = await patch('First')
    const second = await refusal(patch('Second'))

    expect(first.name).toBe('First')
    expect(second).toBe('412 precondition_failed')
    expect(
      await refusal(api('DELETE /api/v1/lti/platforms/:id', { params: { id }, ifMatch: etag })),
    ).toBe('412 precondition_failed')
  })

  it('of another tenant does not exist', async () => {
    const { id } = await tool.as(newTenant())('POST /api/v1/lti/platforms', {
      body: registration(),
    })
    const stranger = tool.as(newTenant())
    const params = { id }

    expect(await refusal(stranger('GET /api/v1/lti/platforms/:id', { params }))).toBe(
      '404 not_found',
    )
    expect(
      await refusal(stranger('PATCH /api/v1/lti/platforms/:id', { params, body: { name: 'x' } })),
    ).toBe('404 not_found')
    expect(await refusal(stranger('DELETE /api/v1/lti/platforms/:id', { params }))).toBe(
      '404 not_found',
    )
    expect((await stranger('GET /api/v1/lti/platforms', { query: {} })).data).toEqual([])
  })

  it('contacts and resolves nothing', async () => {
    const before = platform.jwks.requests

    await tool.as(newTenant())('POST /api/v1/lti/platforms', {
      body: registration({
        tokenEndpoint: 'https://no-such-host.invalid/token',
        jwksUri: `${platform.origin}/jwks`,
      }),
    })

    expect(platform.jwks.requests).toBe(before)
  })

  it('names the addresses that an LMS administrator is asked for', async () => {
    const addresses = await tool.as(newTenant())('GET /api/v1/lti/configuration', {})

    expect(addresses).toMatchObject({
      toolUrl: `${tool.publicUrl}/lti`,
      loginUrl: `${tool.publicUrl}/lti/login`,
      redirectUri: `${tool.publicUrl}/lti/launch`,
      keysetUrl: `${tool.publicUrl}/lti/jwks`,
      deepLinkUrl: `${tool.publicUrl}/lti`,
      product: 'other',
      json: null,
    })
  })

  it('names them as each LMS does, and for Canvas as the JSON it takes', async () => {
    const api = tool.as(newTenant())
    const read = (product: 'moodle' | 'canvas' | 'blackboard') =>
      api('GET /api/v1/lti/configuration', { query: { product } })
    const [moodle, canvas, blackboard] = await Promise.all([
      read('moodle'),
      read('canvas'),
      read('blackboard'),
    ])

    expect(moodle.values).toContainEqual({
      name: 'Initiate login URL',
      value: `${tool.publicUrl}/lti/login`,
    })
    expect(moodle.platform.tokenEndpoint).toBe('{address}/mod/lti/token.php')
    expect(canvas.json).toMatchObject({
      oidc_initiation_url: `${tool.publicUrl}/lti/login`,
      public_jwk_url: `${tool.publicUrl}/lti/jwks`,
      scopes: expect.arrayContaining(['https://purl.imsglobal.org/spec/lti-ags/scope/score']),
      custom_fields: { context_id_history: '$Context.id.history' },
    })
    expect(canvas.platform.issuer).toBe('https://canvas.instructure.com')
    expect(blackboard.values).toContainEqual({
      name: 'Tool JWKS URL',
      value: `${tool.publicUrl}/lti/jwks`,
    })
    expect(blackboard.platform.issuer).toBe('https://blackboard.com')
  })
})

describe('addresses of a registration', () => {
  it.each([
    ['authorizationEndpoint', 'http://lms.school.example/auth'],
    ['tokenEndpoint', 'https://lms.school.example:8443/token'],
    ['jwksUri', 'https://10.0.0.8/jwks'],
    ['jwksUri', 'https://[::1]/jwks'],
    ['jwksUri', 'https://localhost/jwks'],
    ['tokenEndpoint', 'https://user:pass@lms.school.example/token'],
  ])('on a public installation may not be: %s %s', async (field, url) => {
    const strict = await startLtiTool({ allowPrivateNetworks: false })
    const good = {
      authorizationEndpoint: 'https://lms.school.example/auth',
      tokenEndpoint: 'https://lms.school.example/token',
      jwksUri: 'https://lms.school.example/jwks',
    }
    const api = strict.as(newTenant())

    const made = await api('POST /api/v1/lti/platforms', { body: registration(good) })
    const refused = api('POST /api/v1/lti/platforms', {
      body: registration({ ...good, [field]: url }),
    })

    expect(made.jwksUri).toBe(good.jwksUri)
    await expect(refused).rejects.toMatchObject({
      code: 'url_not_allowed',
      errors: [{ pointer: `#/${field}` }],
    })
    await strict.stop()
  })
})

describe('a deployment', () => {
  it('belongs to one tenant: whoever comes second is told, and nothing of theirs is kept', async () => {
    const body = registration({ deploymentIds: ['d1', 'd2'] })
    const made = await tool.as(newTenant())('POST /api/v1/lti/platforms', { body })
    const second = tool.as(newTenant())

    const taken = await refusal(
      second('POST /api/v1/lti/platforms', { body: { ...body, deploymentIds: ['d0', 'd2'] } }),
    )
    const free = await second('POST /api/v1/lti/platforms', {
      body: { ...body, deploymentIds: ['d0'] },
    })

    expect(taken).toBe('409 lti_deployment_taken')
    expect(free.deploymentIds).toEqual(['d0'])
    expect(made.deploymentIds).toEqual(['d1', 'd2'])
  })

  it('cannot be taken by a change either, and the change is then none at all', async () => {
    const mine = registration({ deploymentIds: ['m'] })
    const theirs = { ...mine, deploymentIds: ['t'] }
    const api = tool.as(newTenant())
    const { id } = await api('POST /api/v1/lti/platforms', { body: mine })
    await tool.as(newTenant())('POST /api/v1/lti/platforms', { body: theirs })

    const taken = await refusal(
      api('PATCH /api/v1/lti/platforms/:id', {
        params: { id },
        body: { name: 'changed', deploymentIds: ['m', 'n', 't'] },
      }),
    )

    expect(taken).toBe('409 lti_deployment_taken')
    expect(await api('GET /api/v1/lti/platforms/:id', { params: { id } })).toMatchObject({
      name: mine.name,
      deploymentIds: ['m'],
    })
    expect(await DirectoryModel.countDocuments({ platformId: id })).toBe(1)
  })

  it('goes to one of ten tenants that register it at the same moment', async () => {
    const body = registration()

    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        tool.as(newTenant())('POST /api/v1/lti/platforms', { body }),
      ),
    )

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await DirectoryModel.countDocuments({ clientId: body.clientId })).toBe(1)
  })

  it('that was given up can be registered by somebody else', async () => {
    const body = registration({ deploymentIds: ['x', 'y'] })
    const api = tool.as(newTenant())
    const { id } = await api('POST /api/v1/lti/platforms', { body })
    await api('PATCH /api/v1/lti/platforms/:id', { params: { id }, body: { deploymentIds: ['y'] } })

    const taken = await tool.as(newTenant())('POST /api/v1/lti/platforms', {
      body: { ...body, deploymentIds: ['x'] },
    })

    expect(taken.deploymentIds).toEqual(['x'])
  })

  it('whose registration was never finished is free again after a minute', async () => {
    const body = registration()
    const { issuer, clientId } = body
    const api = tool.as(newTenant())
    const { id } = await api('POST /api/v1/lti/platforms', { body })
    // As after a crash between the claim and the registration.
    await PlatformModel.deleteOne({ _id: id }, { acrossTenants: 'a test' })
    const other = tool.as(newTenant())

    const atOnce = await refusal(other('POST /api/v1/lti/platforms', { body }))
    tool.clock.aheadMs = 61_000
    const later = await other('POST /api/v1/lti/platforms', { body })
    tool.clock.aheadMs = 0

    expect(atOnce).toBe('409 lti_deployment_taken')
    expect(await DirectoryModel.find({ issuer, clientId }).lean()).toMatchObject([
      { platformId: later.id },
    ])
  })
})

describe('tenants', () => {
  it('of one issuer with two clients see their own launches only', async () => {
    const tenants = [newTenant(), newTenant()]
    const bodies = [registration(), registration()]
    for (const [index, tenant] of tenants.entries()) {
      const body = bodies[index]
      if (body) await tool.as(tenant)('POST /api/v1/lti/platforms', { body })
    }
    const [one, two] = bodies.map(({ clientId }) => clientId)

    const own = await launch(tool, platform, { login: { client_id: one }, claims: { aud: one } })
    const crossed = await launch(tool, platform, {
      login: { client_id: one },
      claims: { aud: two },
    })

    expect(own.status).toBe(303)
    expect(crossed.problem?.code).toBe('lti_audience_mismatch')
  })

  it('of one client with two deployments are kept apart, keys included', async () => {
    const evil = await startHostilePlatform()
    const honest = registration({ deploymentIds: ['honest'] })
    const foreign = { ...honest, deploymentIds: ['foreign'], jwksUri: `${evil.origin}/jwks` }
    await tool.as(newTenant())('POST /api/v1/lti/platforms', { body: honest })
    await tool.as(newTenant())('POST /api/v1/lti/platforms', { body: foreign })
    const attempt = (deployment: string, hint: string | undefined, signer: HostilePlatform) =>
      launch(tool, platform, {
        login: { client_id: honest.clientId, lti_deployment_id: hint },
        claims: { aud: honest.clientId, [claim.deploymentId]: deployment },
        key: { ...signer.key, kid: 'key-1' },
      })

    const own = await attempt('honest', 'honest', platform)
    const ownWithoutHint = await attempt('honest', undefined, platform)
    const forged = await attempt('honest', 'honest', evil)
    const forgedWithoutHint = await attempt('honest', undefined, evil)
    const crossed = await attempt('honest', 'foreign', evil)

    expect([own.status, ownWithoutHint.status]).toEqual([303, 303])
    expect(forged.problem?.code).toBe('lti_signature_invalid')
    expect(forgedWithoutHint.problem?.code).toBe('lti_signature_invalid')
    expect(crossed.problem?.code).toBe('lti_deployment_unknown')
    await evil.stop()
  })

  it('lose their open launches with the registration', async () => {
    const api = tool.as(newTenant())
    const body = registration()
    const { id } = await api('POST /api/v1/lti/platforms', { body })
    const { code } = await launch(tool, platform, {
      login: { client_id: body.clientId },
      claims: { aud: body.clientId },
    })
    const session = await openSession(tool, code)
    const ask = () =>
      refusal(
        tool.with(session.body.token)('POST /api/v1/lti/deep-linking', { body: { choices: [] } }),
      )
    const before = await ask()

    await api('DELETE /api/v1/lti/platforms/:id', { params: { id } })

    expect(before).toBe('403 insufficient_scope')
    expect(await ask()).toBe('401 unauthenticated')
  })

  it('see a change of their registration in the very next launch', async () => {
    const api = tool.as(newTenant())
    const body = registration()
    const { id } = await api('POST /api/v1/lti/platforms', { body })
    const attempt = () =>
      launch(tool, platform, {
        login: { client_id: body.clientId },
        claims: { aud: body.clientId, sub: undefined },
      })

    const before = await attempt()
    await api('PATCH /api/v1/lti/platforms/:id', { params: { id }, body: { allowAnonymous: true } })
    const after = await attempt()

    expect(before.problem?.code).toBe('lti_subject_missing')
    expect(after.status).toBe(303)
  })

  it('see a change that another server made within a second or two', async () => {
    const body = registration()
    const tenantId = newTenant()
    const { id } = await tool.as(tenantId)('POST /api/v1/lti/platforms', { body })
    const begun = async () =>
      (await login(tool, platform, { client_id: body.clientId })).status === 302
    const before = await begun()
    const other = await startLtiTool({ publicUrl: tool.publicUrl })

    await other.as(tenantId)('DELETE /api/v1/lti/platforms/:id', { params: { id } })
    await other.stop()

    expect(before).toBe(true)
    await expect.poll(begun).toBe(false)
  })

  it('lose their unopened launches with the registration', async () => {
    const api = tool.as(newTenant())
    const body = registration()
    const { id } = await api('POST /api/v1/lti/platforms', { body })
    const { code } = await launch(tool, platform, {
      login: { client_id: body.clientId },
      claims: { aud: body.clientId },
    })

    await api('DELETE /api/v1/lti/platforms/:id', { params: { id } })

    expect((await openSession(tool, code)).body.code).toBe('lti_code_unknown')
  })
})
