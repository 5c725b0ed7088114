import { randomBytes } from 'node:crypto'
import mongoose from 'mongoose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSecrets } from '../../backend/core/secrets/index.ts'
import { useTestDatabase } from '../support/database.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import {
  goodClaims,
  launch,
  login,
  newTenant,
  openSession,
  postLaunch,
} from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

let tool: LtiToolServer
let platform: HostilePlatform

beforeAll(async () => {
  tool = await startLtiTool()
  platform = await startHostilePlatform()
  await tool.as(newTenant())('POST /api/v1/lti/platforms', { body: platform.registration() })
})

afterAll(async () => {
  await Promise.all([tool.stop(), platform.stop()])
})

/** A login in a frame, and the signed answer to it. */
async function begin(changes: Record<string, string> = {}) {
  const begun = await login(tool, platform, changes, { 'sec-fetch-dest': 'iframe' })
  const idToken = await platform.sign(goodClaims(tool, platform, begun.nonce))
  const { secret } = JSON.parse(/id="lti-state">([^<]+)</.exec(begun.body)?.[1] ?? '{}')
  return { ...begun, secret: String(secret), form: { id_token: idToken, state: begun.state } }
}

async function confirm(state: string, secret: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${tool.publicUrl}/lti/launch/confirm`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ state, secret }),
  })
  const body = (await answer.json()) as { location?: string; code?: string }
  return { status: answer.status, ...body }
}

async function countDocuments(): Promise<number> {
  const collections = (await mongoose.connection.db?.collections()) ?? []
  const counts = await Promise.all(collections.map((one) => one.countDocuments()))
  return counts.reduce((sum, count) => sum + count, 0)
}

describe('a state and its nonce', () => {
  it('are used once: of fifty replays at the same moment exactly one wins', async () => {
    const { form, cookie } = await begin()

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => postLaunch(tool, form, { cookie })),
    )

    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ problem }) => problem?.code === 'lti_nonce_reused')).toHaveLength(49)
  })

  it('are used up by a launch whose browser is unproven, too', async () => {
    const { form, cookie } = await begin()
    const first = await postLaunch(tool, form)

    const second = await postLaunch(tool, form, { cookie })

    expect(first.status).toBe(200)
    expect(second.problem?.code).toBe('lti_nonce_reused')
  })

  it('survive a message that is refused', async () => {
    const { form, cookie, nonce } = await begin()
    const bad = await platform.sign(goodClaims(tool, platform, nonce, { aud: 'client-2' }))
    const refused = await postLaunch(tool, { ...form, id_token: bad }, { cookie })

    const accepted = await postLaunch(tool, form, { cookie })

    expect(refused.problem?.code).toBe('lti_audience_mismatch')
    expect(accepted.status).toBe(303)
  })
})

describe('the browser of a launch', () => {
  it('is proven by the cookie of its login, which is then taken away', async () => {
    const { form, cookie } = await begin()

    const answer = await postLaunch(tool, form, { cookie: `other=1; ${cookie}; more=2` })

    expect(answer.status).toBe(303)
    expect(answer.cookies[0]).toMatch(/^edp_lti_\w{8}=; Path=\/lti; Max-Age=0;/)
  })

  it('is refused with the cookie of another browser, and the launch is lost', async () => {
    const { form, cookie } = await begin()
    const [name] = cookie.split('=')

    const wrong = await postLaunch(tool, form, { cookie: `${name}=somebody-elses` })
    const late = await postLaunch(tool, form, { cookie })

    expect([wrong.status, wrong.problem?.code]).toEqual([401, 'lti_state_mismatch'])
    expect(late.problem?.code).toBe('lti_nonce_reused')
  })

  it('is not proven by the cookie of another login of its own', async () => {
    const other = await begin()
    const { form } = await begin()

    const answer = await postLaunch(tool, form, { cookie: other.cookie })

    expect(answer.status).toBe(200)
    expect(answer.location).toBe('')
  })

  it('may show a stored secret instead of a cookie', async () => {
    const { form, state, secret } = await begin({ lti_storage_target: '_parent' })
    const page = await postLaunch(tool, form, { accept: 'text/html' })

    const confirmed = await confirm(state, secret)

    const data = JSON.parse(/id="lti-state">([^<]+)</.exec(page.body)?.[1] ?? '{}')
    expect(page.status).toBe(200)
    expect(data).toMatchObject({
      mode: 'prove',
      state,
      storage: { target: '_parent', origin: platform.origin },
    })
    expect(page.body).not.toContain(secret)
    expect(page.body).toContain('Open in a new window')
    expect(confirmed.status).toBe(200)
    expect(confirmed.location).toMatch(/^\/lti\/app#code=[\w-]{43}$/)
    const code = confirmed.location?.split('=')[1] ?? ''
    expect((await openSession(tool, code)).status).toBe(200)
  })

  it('may not show it twice, nor guess it, nor show it before the launch', async () => {
    const { form, state, secret } = await begin()
    const early = await confirm(state, secret)
    await postLaunch(tool, form)

    const guessed = await confirm(state, 'x'.repeat(43))
    const right = await confirm(state, secret)
    const again = await confirm(state, secret)
    const unknown = await confirm('x'.repeat(43), secret)

    expect(early.code).toBe('lti_state_mismatch')
    expect(guessed.code).toBe('lti_state_mismatch')
    expect(right.status).toBe(200)
    expect(again.code).toBe('lti_nonce_reused')
    expect(unknown.code).toBe('lti_state_unknown')
  })

  it('cannot be made by another site to show a secret it was handed', async () => {
    const { form, state, secret } = await begin()
    await postLaunch(tool, form)

    const answer = await fetch(`${tool.publicUrl}/lti/launch/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', origin: 'https://evil.example' },
      body: JSON.stringify({ state, secret }),
    })
    const preflight = await fetch(`${tool.publicUrl}/lti/launch/confirm`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })

    expect(answer.status).toBe(400)
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('that keeps nothing is offered the same login in a window of its own', async () => {
    const { form } = await begin({
      lti_storage_target: '_parent',
      lti_message_hint: '{"a":"b & c"}',
      lti_deployment_id: 'dep-1',
    })

    const page = await postLaunch(tool, form, { accept: 'text/html' })

    const href = /href="([^"]+)" target="_blank" rel="noopener"/.exec(page.body)?.[1] ?? ''
    const again = new URL(href.replaceAll('&amp;', '&'), tool.publicUrl)
    expect(again.pathname).toBe('/lti/login')
    expect(Object.fromEntries(again.searchParams)).toEqual({
      iss: platform.origin,
      login_hint: 'hint-7',
      target_link_uri: `${tool.publicUrl}/lti`,
      client_id: 'client-1',
      lti_message_hint: '{"a":"b & c"}',
      lti_deployment_id: 'dep-1',
    })
    expect((await fetch(again, { redirect: 'manual' })).status).toBe(302)
  })

  it('is asked for the storage frame that the launch itself names', async () => {
    const { form } = await begin()

    const page = await postLaunch(
      tool,
      { ...form, lti_storage_target: 'post_message_forwarding' },
      { accept: 'text/html' },
    )

    expect(page.body).toContain('"target":"post_message_forwarding"')
  })
})

describe('a state', () => {
  it('is all there is of a login: an initiation, which anybody can send, writes nothing', async () => {
    const before = await countDocuments()

    for (let i = 0; i < 5; i++) await begin()

    expect(await countDocuments()).toBe(before)
  })

  it('shows nothing of what it carries', async () => {
    const { state } = await begin({ login_hint: 'robin.sample@school.example' })

    const bytes = Buffer.from(state.slice('edp_sealed_'.length), 'base64url').toString('latin1')

    expect(bytes).not.toContain('robin')
    expect(bytes).not.toContain(platform.origin)
  })

  it('of another installation is unknown', async () => {
    const { form, state } = await begin()
    const foreign = createSecrets({ masterKey: randomBytes(32) }).tokenSealer('lti.state')

    const answer = await postLaunch(tool, { ...form, state: foreign.seal('["launch_1","",1,[]]') })
    const other = await postLaunch(tool, { ...form, state: `${state.slice(0, -1)}-` })

    expect(answer.problem?.code).toBe('lti_state_unknown')
    expect(other.problem?.code).toBe('lti_state_unknown')
  })

  it('stays short where the hints are long, which then cannot be offered again', async () => {
    const hints = { login_hint: 'h'.repeat(300), lti_message_hint: 'm'.repeat(3000) }
    const { form, state, secret, authorization } = await begin(hints)

    const page = await postLaunch(tool, form, { accept: 'text/html' })
    const confirmed = await confirm(state, secret)

    expect(state.length).toBeLessThanOrEqual(1800)
    expect(authorization.searchParams.get('lti_message_hint')).toBe(hints.lti_message_hint)
    expect(page.status).toBe(200)
    expect(page.body).not.toContain('target="_blank"')
    expect(page.body).toContain('in a new window or tab')
    expect(confirmed.status).toBe(200)
  })

  it('keeps a hint of the length that Canvas sends', async () => {
    const { form, state } = await begin({ lti_message_hint: 'j'.repeat(700) })

    const page = await postLaunch(tool, form, { accept: 'text/html' })

    expect(state.length).toBeLessThanOrEqual(1800)
    expect(page.body).toContain(`lti_message_hint=${'j'.repeat(700)}`)
  })

  it('is used up for all servers of an installation', async () => {
    const { form, cookie } = await begin()
    const other = await startLtiTool({ publicUrl: tool.publicUrl })

    const answers = await Promise.all([
      postLaunch(tool, form, { cookie }),
      postLaunch(other, form, { cookie }),
    ])
    await other.stop()

    expect(answers.map(({ status }) => status).sort()).toEqual([303, 401])
  })
})

describe('the code of a launch', () => {
  it('opens one session, whoever asks first', async () => {
    const { code } = await launch(tool, platform)

    const answers = await Promise.all(Array.from({ length: 10 }, () => openSession(tool, code)))

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'lti_code_used')).toHaveLength(9)
  })

  it('is worth nothing after a minute, or invented', async () => {
    const { code } = await launch(tool, platform)
    tool.clock.aheadMs = 61_000

    const late = await openSession(tool, code)
    tool.clock.aheadMs = 0
    const invented = await openSession(tool, 'x'.repeat(43))

    expect([late.status, late.body.code]).toEqual([401, 'lti_code_unknown'])
    expect([invented.status, invented.body.code]).toEqual([401, 'lti_code_unknown'])
  })

  it('is kept as a digest, like state, secret and token', async () => {
    const begun = await begin()
    const answer = await postLaunch(tool, begun.form, { cookie: begun.cookie })
    const { body } = await openSession(tool, answer.code)

    const collections = await mongoose.connection.db?.collections()
    const documents = await Promise.all((collections ?? []).map((one) => one.find().toArray()))
    const stored = JSON.stringify(documents)

    expect(stored).toContain(body.launch.user.id)
    for (const secret of [begun.state, begun.nonce, begun.secret, answer.code, body.token]) {
      expect(secret).toMatch(/[\w-]{43}$/)
      expect(stored).not.toContain(secret)
    }
  })
})

describe('the frame of a launch', () => {
  it('may be shown by the platform that launched it and by nobody else', async () => {
    const { cookies } = await launch(tool, platform, {
      headers: { origin: 'https://pages.lms.example' },
      claims: {
        'https://purl.imsglobal.org/spec/lti/claim/launch_presentation': {
          return_url: 'https://school.lms.example:8443/course/3',
        },
      },
    })
    const frameCookie = cookies.find((cookie) => cookie.startsWith('edp_lti_frame=')) ?? ''

    const page = await fetch(`${tool.publicUrl}/lti/app`, {
      headers: { cookie: frameCookie.split(';')[0] ?? '' },
    })

    expect(frameCookie).toMatch(
      /; Path=\/lti; Max-Age=300; HttpOnly; Secure; SameSite=None; Partitioned$/,
    )
    expect(page.headers.get('content-security-policy')).toBe(
      `frame-ancestors 'self' ${platform.origin} https://pages.lms.example https://school.lms.example:8443`,
    )
  })

  it.each([
    ['no cookie', ''],
    ['nonsense', 'edp_lti_frame=!!!'],
    [
      'another directive',
      `edp_lti_frame=${Buffer.from('https://a; script-src *').toString('base64url')}`,
    ],
  ])('may be shown by anyone where there is %s', async (_, cookie) => {
    const page = await fetch(`${tool.publicUrl}/lti/app`, { headers: { cookie } })

    expect(page.headers.get('content-security-policy')).toBe('frame-ancestors *')
  })
})
