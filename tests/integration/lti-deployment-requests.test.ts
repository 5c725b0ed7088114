import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { platformTenantId } from '../../backend/core/platform-tenant.ts'
import { useTestDatabase } from '../support/database.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import { claim, launch, newTenant } from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

let tool: LtiToolServer
let platform: HostilePlatform
let clients = 0

beforeAll(async () => {
  ;[tool, platform] = await Promise.all([startLtiTool(), startHostilePlatform()])
})

afterAll(async () => {
  await Promise.all([tool.stop(), platform.stop()])
})

const newClient = () => {
  clients += 1
  return `requested-${clients}`
}

async function register(tenantId: string, clientId: string, changes: object = {}) {
  return tool.as(tenantId)('POST /api/v1/lti/platforms', {
    body: platform.registration({ clientId, deploymentIds: [], ...changes }),
  })
}

const requestsOf = async (tenantId: string, status?: 'waiting' | 'approved' | 'rejected') =>
  (await tool.as(tenantId)('GET /api/v1/lti/deployment-requests', { query: { status } })).data

/** A sound launch of a deployment. */
const launchOf = (clientId: string, deploymentId: string, changes: object = {}) =>
  launch(tool, platform, {
    login: { client_id: clientId },
    claims: { aud: clientId, [claim.deploymentId]: deploymentId, ...changes },
  })

describe('a deployment nobody registered', () => {
  it('is refused as before and offered for approval with what a person needs to decide', async () => {
    const tenantId = newTenant()
    const clientId = newClient()
    const registered = await register(tenantId, clientId)

    const answer = await launchOf(clientId, 'new-1', {
      [claim.toolPlatform]: { guid: 'g', name: 'Larkfield Academy' },
    })
    await launchOf(clientId, 'new-1')

    expect(answer.status).toBe(403)
    expect(answer.problem).toMatchObject({ code: 'lti_deployment_unknown' })
    expect(answer.problem?.detail).toContain('waits for approval')
    expect(await requestsOf(tenantId)).toEqual([
      expect.objectContaining({
        issuer: platform.origin,
        clientId,
        deploymentId: 'new-1',
        platformId: registered.id,
        contextTitle: 'Year 5',
        status: 'waiting',
        count: 2,
      }),
    ])
  })

  it('is accepted from the moment somebody approves it', async () => {
    const tenantId = newTenant()
    const clientId = newClient()
    const registered = await register(tenantId, clientId)
    await launchOf(clientId, 'new-1')
    const [request] = await requestsOf(tenantId)
    const params = { id: request?.id ?? '' }

    const approved = await tool.as(tenantId)('POST /api/v1/lti/deployment-requests/:id/approve', {
      params,
      body: {},
    })
    const answer = await launchOf(clientId, 'new-1')

    expect(approved).toMatchObject({ status: 'approved', platformId: registered.id })
    expect(answer.status).toBe(303)
    expect(await requestsOf(tenantId, 'waiting')).toEqual([])
  })

  it('stays refused once it is declined, and can still be approved later', async () => {
    const tenantId = newTenant()
    const clientId = newClient()
    await register(tenantId, clientId)
    await launchOf(clientId, 'new-1')
    const api = tool.as(tenantId)
    const params = { id: (await requestsOf(tenantId))[0]?.id ?? '' }

    await api('POST /api/v1/lti/deployment-requests/:id/reject', { params })
    const refused = await launchOf(clientId, 'new-1')
    const [declined] = await requestsOf(tenantId)
    await api('POST /api/v1/lti/deployment-requests/:id/approve', { params, body: {} })

    expect(refused.status).toBe(403)
    expect(declined).toMatchObject({ status: 'rejected', count: 2 })
    expect((await launchOf(clientId, 'new-1')).status).toBe(303)
    await expect(
      api('POST /api/v1/lti/deployment-requests/:id/reject', { params }),
    ).rejects.toMatchObject({ status: 409 })
  })

  it.each([
    ['an expired message', { iat: 1, exp: 2 }],
    ['a message for another client', { aud: 'somebody-else' }],
    ['a message with a nonce of its own', { nonce: 'invented' }],
    ['a message that opens something else', { [claim.targetLinkUri]: 'https://a.example/x' }],
  ])('is not offered by %s', async (_what, claims) => {
    const tenantId = newTenant()
    const clientId = newClient()
    await register(tenantId, clientId)

    const answer = await launchOf(clientId, 'new-1', claims)

    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(await requestsOf(tenantId)).toEqual([])
  })

  it('is not offered by a message that somebody else signed', async () => {
    const tenantId = newTenant()
    const clientId = newClient()
    await register(tenantId, clientId)
    const key = await platform.makeKey(platform.key.kid)

    await launch(tool, platform, {
      login: { client_id: clientId },
      claims: { aud: clientId, [claim.deploymentId]: 'new-1' },
      key,
    })

    expect(await requestsOf(tenantId)).toEqual([])
  })

  it('counts a message that is sent twice once', async () => {
    const tenantId = newTenant()
    const clientId = newClient()
    await register(tenantId, clientId)
    const first = await launchOf(clientId, 'new-1')

    await fetch(`${tool.publicUrl}/lti/launch`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ id_token: first.idToken, state: first.begun.state }),
    })

    expect(await requestsOf(tenantId)).toEqual([expect.objectContaining({ count: 1 })])
  })
})

describe('one client id for every customer', () => {
  it('keeps the organisations apart by their deployments, and gives a new one to the platform', async () => {
    const [ours, theirs] = [newTenant(), newTenant()]
    const clientId = newClient()
    const mine = await register(ours, clientId, { deploymentIds: ['ours'] })
    await register(theirs, clientId, { deploymentIds: ['theirs'] })

    expect((await launchOf(clientId, 'ours')).status).toBe(303)
    expect((await launchOf(clientId, 'theirs')).status).toBe(303)
    expect((await launchOf(clientId, 'third')).status).toBe(403)

    expect([await requestsOf(ours), await requestsOf(theirs)]).toEqual([[], []])
    const [request] = (await requestsOf(platformTenantId)).filter(
      (one) => one.clientId === clientId,
    )
    expect(request).toMatchObject({ deploymentId: 'third', platformId: null })
    expect(new Set(request?.candidates.map(({ tenantId }) => tenantId))).toEqual(
      new Set([ours, theirs]),
    )
    const params = { id: request?.id ?? '' }
    const api = tool.as(platformTenantId)
    await expect(
      api('POST /api/v1/lti/deployment-requests/:id/approve', { params, body: {} }),
    ).rejects.toMatchObject({ status: 409, code: 'lti_deployment_owner_unclear' })

    await api('POST /api/v1/lti/deployment-requests/:id/approve', {
      params,
      body: { platformId: mine.id },
    })

    const read = await tool.as(ours)('GET /api/v1/lti/platforms/:id', { params: { id: mine.id } })
    expect(read.deploymentIds).toEqual(['ours', 'third'])
    expect((await launchOf(clientId, 'third')).status).toBe(303)
  })

  it('hides the requests of one organisation from another', async () => {
    const tenantId = newTenant()
    const clientId = newClient()
    await register(tenantId, clientId)
    await launchOf(clientId, 'new-1')
    const [request] = await requestsOf(tenantId)
    const params = { id: request?.id ?? '' }

    const call = tool.as(newTenant())('GET /api/v1/lti/deployment-requests/:id', { params })

    await expect(call).rejects.toMatchObject({ status: 404 })
  })
})
