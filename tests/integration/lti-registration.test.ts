import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FlavourName } from '../../backend/sandbox/lms/index.ts'
import { useTestDatabase } from '../support/database.ts'
import { launch, persona, startLms, type TestLms } from '../support/lms-client.ts'
import { newTenant } from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

let tool: LtiToolServer
const lmss = {} as Record<FlavourName, TestLms>

beforeAll(async () => {
  tool = await startLtiTool({ host: 'localhost' })
  lmss.moodle = await startLms({ flavour: 'moodle' })
  lmss.canvas = await startLms({ flavour: 'canvas' })
  lmss.blackboard = await startLms({ flavour: 'blackboard' })
})

afterAll(async () => {
  await Promise.all([tool.stop(), ...Object.values(lmss).map((lms) => lms.close())])
})

/** What an administrator of the LMS does with the link: the LMS opens it with its own parameters. */
async function begin(lms: TestLms, link: string, toolId?: string): Promise<string> {
  // The client API of the simulator answers JSON of this shape.
  const { url } = (await lms.call('POST', '/registrations', {
    registrationUrl: link,
    ...(toolId === undefined ? {} : { toolId }),
  })) as { url: string }
  return url
}

interface Page {
  readonly status: number
  readonly body: string
  readonly headers: Headers
}

async function open(url: string): Promise<Page> {
  const answer = await fetch(url, { headers: { accept: 'text/html' } })
  return { status: answer.status, body: await answer.text(), headers: answer.headers }
}

/** Presses the button of the page that says what is shared. */
async function agree(url: string, extra: Record<string, string> = {}): Promise<Page> {
  const { origin, searchParams } = new URL(url)
  const answer = await fetch(`${origin}/lti/register`, {
    method: 'POST',
    headers: { accept: 'text/html' },
    body: new URLSearchParams({ ...Object.fromEntries(searchParams), ...extra }),
  })
  return { status: answer.status, body: await answer.text(), headers: answer.headers }
}

async function newLink(tenantId: string, body: { name?: string } = {}): Promise<string> {
  return (await tool.as(tenantId)('POST /api/v1/lti/registration-links', { body })).url
}

const platformsOf = async (tenantId: string) =>
  (await tool.as(tenantId)('GET /api/v1/lti/platforms', { query: {} })).data

interface SimulatedTool {
  readonly id: string
  readonly clientId: string
  readonly shares?: { names: boolean; email: boolean }
}

const toolsOf = async (lms: TestLms) => (await lms.call('GET', '/tools')) as SimulatedTool[]

describe('dynamic registration', () => {
  it('says what is shared before it registers, in any frame, without script', async () => {
    const url = await begin(lmss.moodle, await newLink(newTenant()))

    const page = await open(url)

    expect(page.status).toBe(200)
    expect(page.body).toContain('Your LMS will share with')
    expect(page.body).toContain('their name and role')
    expect(page.body).not.toContain('<script')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("form-action 'self'")
    expect(policy).toContain('frame-ancestors *')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect((await toolsOf(lmss.moodle)).length).toBe(0)
  })

  it('makes the tool known in Moodle and the LMS here, with the deployment it was given', async () => {
    const tenantId = newTenant()
    const url = await begin(lmss.moodle, await newLink(tenantId, { name: 'Our Moodle' }))

    const page = await agree(url)
    const [platform, ...others] = await platformsOf(tenantId)

    expect(page.status).toBe(200)
    expect(page.body).toContain('Our Moodle is connected')
    expect(page.body).toContain('/assets/lti-close.js')
    expect(others).toEqual([])
    expect(platform).toMatchObject({
      ...lmss.moodle.platform,
      name: 'Our Moodle',
      product: 'moodle',
      registeredBy: 'dynamic',
      services: { scopes: expect.arrayContaining([expect.stringContaining('lti-ags')]) },
    })
    const [made] = (await toolsOf(lmss.moodle)).filter(
      ({ clientId }) => clientId === platform?.clientId,
    )
    expect(made).toMatchObject({ shares: { names: true, email: false } })
    expect(platform?.deploymentIds).toEqual([made?.id])
    const opened = await launch(lmss.moodle, {
      as: persona.student,
      linkId: (await lmss.moodle.addLink(made?.id ?? '', { title: 'Fractions' })).link.id,
    })
    expect(opened.answer.status).toBe(303)
  })

  it('asks for e-mail addresses only where the administrator wants it', async () => {
    const tenantId = newTenant()
    const url = await begin(lmss.blackboard, await newLink(tenantId))

    await agree(url, { email: 'yes' })

    const [platform] = await platformsOf(tenantId)
    expect(platform).toMatchObject({ product: 'blackboard' })
    expect(platform?.deploymentIds[0]).toMatch(/^[\da-f]{8}-/)
    const made = (await toolsOf(lmss.blackboard)).find(
      ({ clientId }) => clientId === platform?.clientId,
    )
    expect(made?.shares).toEqual({ names: true, email: true })
  })

  it('brings Canvas its token, only strings and known scopes, and does without a deployment', async () => {
    const tenantId = newTenant()
    const url = await begin(lmss.canvas, await newLink(tenantId))

    const page = await agree(url)

    const [platform] = await platformsOf(tenantId)
    expect(page.status).toBe(200)
    expect(page.body).toContain('offered for approval')
    expect(platform).toMatchObject({ product: 'canvas', deploymentIds: [] })
    const made = (await toolsOf(lmss.canvas)).find(
      ({ clientId }) => clientId === platform?.clientId,
    )
    expect(made?.shares).toEqual({ names: true, email: false })
  })

  it('works once', async () => {
    const link = await newLink(newTenant())
    await agree(await begin(lmss.moodle, link))

    const again = await open(await begin(lmss.moodle, link))

    expect(again.status).toBe(404)
    expect(again.body).toContain('lti_registration_link_unknown')
  })

  it('is used by one of two who press at the same moment', async () => {
    const tenantId = newTenant()
    const link = await newLink(tenantId)
    const urls = [await begin(lmss.moodle, link), await begin(lmss.moodle, link)]

    const pages = await Promise.all(urls.map((url) => agree(url)))

    expect(pages.map(({ status }) => status).sort()).toEqual([200, 404])
    expect((await platformsOf(tenantId)).length).toBe(1)
  })

  it('ends after a day', async () => {
    const url = await begin(lmss.moodle, await newLink(newTenant()))
    tool.clock.aheadMs = 24 * 3_600_000 + 1
    const page = await open(url)
    tool.clock.aheadMs = 0

    expect(page.status).toBe(404)
  })

  it('changes the registration of the same LMS instead of making a second', async () => {
    const tenantId = newTenant()
    await agree(await begin(lmss.moodle, await newLink(tenantId)))
    const [first] = await platformsOf(tenantId)
    const known = (await toolsOf(lmss.moodle)).find(({ clientId }) => clientId === first?.clientId)

    const updated = await agree(await begin(lmss.moodle, await newLink(tenantId), known?.id))
    const [same, ...none] = await platformsOf(tenantId)
    await agree(await begin(lmss.moodle, await newLink(tenantId)))
    const [replaced, ...still] = await platformsOf(tenantId)

    expect(updated.body).toContain('connected anew')
    expect([none, still]).toEqual([[], []])
    expect(same).toMatchObject({ id: first?.id, clientId: first?.clientId })
    expect(replaced?.id).toBe(first?.id)
    expect(replaced?.clientId).not.toBe(first?.clientId)
    expect(replaced?.deploymentIds).not.toEqual(first?.deploymentIds)
  })

  it('shows the words of the LMS when it refuses, and lets the link be used again', async () => {
    const link = await newLink(newTenant())
    const url = new URL(await begin(lmss.moodle, link))
    const token = url.searchParams.get('registration_token') ?? ''
    url.searchParams.set('registration_token', 'stale')

    const refused = await agree(url.href)
    url.searchParams.set('registration_token', token)
    const accepted = await agree(url.href)

    expect(refused.status).toBe(422)
    expect(refused.body).toContain('registration token is missing, used or too old')
    expect(accepted.status).toBe(200)
  })

  it.each([
    ['an LMS that speaks for another issuer', 'http://127.0.0.1:1', /not at 127\.0\.0\.1/],
    ['nothing', null, /cannot be reached|status 404/],
  ])('refuses the configuration of %s', async (_what, issuer, expected) => {
    const other = await startLms(issuer === null ? {} : { issuer })
    const url = new URL(await begin(other, await newLink(newTenant())))
    if (issuer === null) url.searchParams.set('openid_configuration', 'http://127.0.0.1:9/x')

    const page = await agree(url.href)
    await other.close()

    expect(page.status).toBe(422)
    expect(page.body).toMatch(expected)
    expect(page.body).toContain('lti_registration_platform_invalid')
  })

  it('fetches nothing from inside the network of the server', async () => {
    const guarded = await startLtiTool({ allowPrivateNetworks: false })
    const { url: link } = await guarded.as(newTenant())('POST /api/v1/lti/registration-links', {
      body: {},
    })
    const url = await begin(lmss.moodle, link)

    const page = await agree(url)
    await guarded.stop()

    expect(page.status).toBe(422)
    expect(page.body).toContain('only https is allowed')
  })

  it('tells whoever opens the link by hand that it is for the LMS', async () => {
    const page = await open(await newLink(newTenant()))

    expect(page.status).toBe(400)
    expect(page.body).toContain('This link is meant for your LMS')
  })
})
