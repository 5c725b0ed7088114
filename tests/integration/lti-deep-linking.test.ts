import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiError } from '../../shared/api/client.ts'
import { useTestDatabase } from '../support/database.ts'
import { type HostilePlatform, startHostilePlatform } from '../support/hostile-platform.ts'
import {
  type Claims,
  claim,
  deepLinkingClaims,
  launch,
  login,
  membership,
  newTenant,
  openSession,
  postLaunch,
} from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

const tenant = newTenant()
let tool: LtiToolServer
let platform: HostilePlatform

beforeAll(async () => {
  tool = await startLtiTool()
  platform = await startHostilePlatform()
  await tool.as(tenant)('POST /api/v1/lti/platforms', { body: platform.registration() })
})

afterAll(async () => {
  await Promise.all([tool.stop(), platform.stop()])
})

async function request(settings: Claims = {}, claims: Claims = {}) {
  const begun = await login(tool, platform)
  const idToken = await platform.sign({
    ...deepLinkingClaims(tool, platform, begun.nonce, settings),
    ...claims,
  })
  return postLaunch(tool, { id_token: idToken, state: begun.state }, { cookie: begun.cookie })
}

async function pickerOf(settings: Claims = {}) {
  const { code } = await request(settings)
  const { body } = await openSession(tool, code)
  return { launch: body.launch, api: tool.with(body.token) }
}

/** As a platform would: with nothing but the keyset of the tool. */
async function verified(jwt: string) {
  const keys = createRemoteJWKSet(new URL(`${tool.publicUrl}/lti/jwks`))
  const { payload } = await jwtVerify(jwt, keys, {
    algorithms: ['RS256'],
    issuer: 'client-1',
    audience: platform.origin,
  })
  return payload
}

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((thrown: unknown) => thrown)
  return error instanceof ApiError
    ? `${error.status} ${error.code}`
    : `no refusal: ${String(error)}`
}

const pictures = (kind: string) => ({
  icon: { url: `${tool.publicUrl}/assets/placed/${kind}-icon.png`, width: 64, height: 64 },
  thumbnail: {
    url: `${tool.publicUrl}/assets/placed/${kind}-thumbnail.png`,
    width: 320,
    height: 180,
  },
})
const history = {
  context_id_history: '$Context.id.history',
  resource_link_id_history: '$ResourceLink.id.history',
}
const item = (id: string) => ({ kind: 'item', id }) as const

describe('a deep-linking request', () => {
  it('opens the chooser and says what the platform accepts', async () => {
    const { launch: opened } = await pickerOf({
      title: 'Pick',
      text: 'Something',
      accept_lineitem: false,
    })

    expect(opened).toMatchObject({
      messageType: 'LtiDeepLinkingRequest',
      target: { kind: 'chooser', id: null },
      resourceLink: null,
      deepLinking: {
        acceptMultiple: true,
        acceptTypes: ['link', 'ltiResourceLink'],
        acceptLineItem: false,
        title: 'Pick',
        text: 'Something',
      },
    })
  })

  it('needs no target link, and no more than short roles', async () => {
    const answer = await request(
      {},
      { [claim.targetLinkUri]: undefined, [claim.roles]: ['Instructor'] },
    )

    expect(answer.status).toBe(303)
  })

  it.each([
    ['no settings', undefined],
    ['no return address', { deep_link_return_url: undefined }],
    ['a return address that is no web address', { deep_link_return_url: 'javascript:alert(1)' }],
    ['no types', { accept_types: undefined }],
    ['types that are no list', { accept_types: 'ltiResourceLink' }],
    ['no document targets', { accept_presentation_document_targets: undefined }],
  ])('is refused with %s', async (_, settings) => {
    const answer = settings
      ? await request(settings)
      : await request({}, { [claim.settings]: undefined })

    expect([answer.status, answer.problem?.code]).toEqual([
      400,
      'lti_deep_linking_settings_invalid',
    ])
  })

  it.each([
    ['a learner', [`${membership}#Learner`]],
    ['a teaching assistant', [`${membership}/Instructor#TeachingAssistant`]],
    ['a mentor', [`${membership}#Mentor`]],
    ['nobody in particular', []],
  ])('is refused to %s', async (_, roles) => {
    const answer = await request({}, { [claim.roles]: roles })

    expect([answer.status, answer.problem?.code]).toEqual([403, 'lti_role_not_allowed'])
  })

  it.each(['ContentDeveloper', 'Administrator'])('is open to a %s', async (role) => {
    const answer = await request({}, { [claim.roles]: [`${membership}#${role}`] })

    expect(answer.status).toBe(303)
  })
})

describe('its answer', () => {
  it('is signed for the platform, fresh, and carries what was chosen', async () => {
    const { api } = await pickerOf({ data: 'opaque "data" é &<>' })

    const { returnUrl, jwt } = await api('POST /api/v1/lti/deep-linking', {
      body: { choices: [item('item_1'), { kind: 'resource', id: 'res_1' }] },
    })

    expect(returnUrl).toBe(`${platform.origin}/deep-links?course=1`)
    expect(decodeProtectedHeader(jwt)).toMatchObject({ alg: 'RS256', kid: expect.any(String) })
    const { iat = 0, exp = 0, nonce, ...payload } = await verified(jwt)
    expect(exp - iat).toBe(300)
    expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(60)
    expect(nonce).toMatch(/^[\w-]{43}$/)
    expect(payload).toEqual({
      iss: 'client-1',
      aud: platform.origin,
      [claim.messageType]: 'LtiDeepLinkingResponse',
      [claim.version]: '1.3.0',
      [claim.deploymentId]: 'dep-1',
      [claim.data]: 'opaque "data" é &<>',
      [claim.contentItems]: [
        {
          type: 'ltiResourceLink',
          url: `${tool.publicUrl}/lti/items/item_1`,
          title: 'Item item_1',
          text: 'About "it" <b>',
          ...pictures('item'),
          custom: { ...history, edpsych_kind: 'item', edpsych_id: 'item_1' },
          lineItem: {
            label: 'Item item_1',
            scoreMaximum: 4,
            resourceId: 'item_1',
            tag: 'edpsych-score',
          },
        },
        {
          type: 'ltiResourceLink',
          url: `${tool.publicUrl}/lti/resources/res_1`,
          title: 'Resource res_1',
          ...pictures('resource'),
          custom: { ...history, edpsych_kind: 'resource', edpsych_id: 'res_1' },
        },
      ],
    })
  })

  it.each([['csrf:x,y='], [''], [{ $where: 'a.b', 'c.d': [1, null] }], [7]])(
    'echoes the data %j',
    async (data) => {
      const { api } = await pickerOf({ data })

      const { jwt } = await api('POST /api/v1/lti/deep-linking', { body: { choices: [] } })

      expect((await verified(jwt))[claim.data]).toEqual(data)
    },
  )

  it('of nothing chosen is a cancellation, and leaves out data that was not sent', async () => {
    const { api } = await pickerOf()

    const { jwt } = await api('POST /api/v1/lti/deep-linking', { body: { choices: [] } })

    const payload = await verified(jwt)
    expect(payload[claim.contentItems]).toEqual([])
    expect(Object.keys(payload)).not.toContain(claim.data)
  })

  it.each([
    [false, undefined],
    ['false', undefined],
    [true, 4],
    [undefined, 4],
  ])('with accept_lineitem %s', async (acceptLineItem, scoreMaximum) => {
    const { api } = await pickerOf({ accept_lineitem: acceptLineItem })

    const { jwt } = await api('POST /api/v1/lti/deep-linking', { body: { choices: [item('i1')] } })

    const [first] = (await verified(jwt))[claim.contentItems] as { lineItem?: Claims }[]
    expect(first?.lineItem?.['scoreMaximum']).toBe(scoreMaximum)
  })

  it('opens in a window where the platform has no frame', async () => {
    const { api } = await pickerOf({ accept_presentation_document_targets: ['window'] })

    const { jwt } = await api('POST /api/v1/lti/deep-linking', { body: { choices: [item('i1')] } })

    const [first] = (await verified(jwt))[claim.contentItems] as Claims[]
    expect(first).toMatchObject({ window: { targetName: '_blank' } })
    expect(first).not.toHaveProperty('iframe')
  })

  it('opens exactly the path or dashboard that was chosen, without a column', async () => {
    const { api } = await pickerOf()
    const choices = [
      { kind: 'path', id: 'pth_1' } as const,
      { kind: 'dashboard', id: 'course-results' } as const,
    ]

    const { jwt } = await api('POST /api/v1/lti/deep-linking', { body: { choices } })

    const items = (await verified(jwt))[claim.contentItems] as Claims[]
    expect(items.map(({ url, lineItem }) => [url, lineItem])).toEqual([
      [`${tool.publicUrl}/lti/paths/pth_1`, undefined],
      [`${tool.publicUrl}/lti/dashboards/course-results`, undefined],
    ])
    expect(items[0]).toMatchObject(pictures('path'))
  })

  it('carries title, points, dates, custom values and the frame that were asked for', async () => {
    const { api } = await pickerOf()
    const settings = {
      title: 'Homework 3',
      text: 'Until Friday',
      lineItem: { label: 'Homework', scoreMaximum: 20, tag: 'homework' },
      available: { startDateTime: '2026-11-30T08:00:00+01:00', endDateTime: null },
      submission: {
        startDateTime: '2026-11-30T08:00:00Z',
        endDateTime: '2026-12-04T16:00:00Z',
      },
      custom: { group: 'blue', due: '$ResourceLink.submission.endDateTime' },
      presentation: 'iframe',
    } as const

    const { jwt } = await api('POST /api/v1/lti/deep-linking', {
      body: { choices: [{ ...item('item_1'), ...settings }] },
    })

    const [first] = (await verified(jwt))[claim.contentItems] as Claims[]
    expect(first).toMatchObject({
      title: 'Homework 3',
      text: 'Until Friday',
      lineItem: { label: 'Homework', scoreMaximum: 20, resourceId: 'item_1', tag: 'homework' },
      available: { startDateTime: '2026-11-30T08:00:00+01:00' },
      submission: {
        startDateTime: '2026-11-30T08:00:00Z',
        endDateTime: '2026-12-04T16:00:00Z',
      },
      custom: { ...settings.custom, ...history, edpsych_kind: 'item', edpsych_id: 'item_1' },
      iframe: { width: 900, height: 700 },
    })
    expect(first?.['available']).not.toHaveProperty('endDateTime')
  })

  it('has no column for what is not to be graded, nor for what has no marks', async () => {
    const { api } = await pickerOf()
    const choices = [
      { ...item('item_1'), lineItem: null },
      { kind: 'resource' as const, id: 'res_1', lineItem: { scoreMaximum: 5 } },
    ]

    const { jwt } = await api('POST /api/v1/lti/deep-linking', { body: { choices } })

    const items = (await verified(jwt))[claim.contentItems] as Claims[]
    expect(items.map((one) => 'lineItem' in one)).toEqual([false, false])
  })

  it.each([
    [
      'an end before its start',
      { available: { startDateTime: '2026-12-01T00:00:00Z', endDateTime: '2026-11-01T00:00:00Z' } },
      '400 invalid_request',
    ],
    ['a custom value under a name of ours', { custom: { edpsych_id: 'x' } }, '400 invalid_request'],
    ['no points', { lineItem: { scoreMaximum: 0 } }, '400 invalid_request'],
    [
      'a window where the LMS has only frames',
      { presentation: 'window' as const },
      '400 lti_choice_not_accepted',
    ],
  ])('is refused for %s', async (_name, settings, expected) => {
    const { api } = await pickerOf({ accept_presentation_document_targets: ['iframe'] })

    const body = { choices: [{ ...item('item_1'), ...settings }] }

    expect(await refusal(api('POST /api/v1/lti/deep-linking', { body: body as never }))).toBe(
      expected,
    )
  })

  it.each([
    ['several where one is accepted', { accept_multiple: false }, 2],
    ['several where nothing is said', { accept_multiple: undefined }, 2],
    ['LTI links where none are accepted', { accept_types: ['link', 'file'] }, 1],
  ])('is refused for %s', async (_, settings, count) => {
    const { api } = await pickerOf(settings)
    const choices = Array.from({ length: count }, (_unused, index) => item(`i${index}`))

    expect(await refusal(api('POST /api/v1/lti/deep-linking', { body: { choices } }))).toBe(
      '400 lti_choice_not_accepted',
    )
  })

  it('is refused for what does not exist', async () => {
    const { api } = await pickerOf()

    expect(
      await refusal(api('POST /api/v1/lti/deep-linking', { body: { choices: [item('gone')] } })),
    ).toBe('404 not_found')
  })

  it('belongs to launches that asked for it', async () => {
    const { code } = await launch(tool, platform, {
      claims: { [claim.roles]: [`${membership}#Instructor`] },
    })
    const { body } = await openSession(tool, code)

    expect(
      await refusal(
        tool.with(body.token)('POST /api/v1/lti/deep-linking', { body: { choices: [] } }),
      ),
    ).toBe('409 lti_not_deep_linking')
    expect(
      await refusal(tool.as(tenant)('POST /api/v1/lti/deep-linking', { body: { choices: [] } })),
    ).toBe('403 forbidden')
  })

  it('is announced with the ids alone', async () => {
    const { api } = await pickerOf()
    await api('POST /api/v1/lti/deep-linking', { body: { choices: [item('item_7')] } })

    expect(tool.emitted.at(-1)).toEqual({
      tenantId: tenant,
      type: 'lti.deep_link.created',
      data: { platformId: expect.stringMatching(/^plat_/), itemIds: ['item_7'] },
    })
  })
})

describe('the front door', () => {
  const instructor = { [claim.roles]: [`${membership}#Instructor`] }
  const at = (link: string, claims: Claims = {}) =>
    launch(tool, platform, { claims: { [claim.resourceLink]: { id: link }, ...claims } })
  const targetOf = async (link: string, claims: Claims = {}) => {
    const { body } = await openSession(tool, (await at(link, claims)).code)
    return body.launch.target
  }

  it('shows the chooser to a teacher and nothing to a learner', async () => {
    expect(await targetOf('door-1', instructor)).toEqual({ kind: 'chooser', id: null })
    expect(await targetOf('door-1')).toEqual({ kind: 'none', id: null })
  })

  it('opens for everybody what the teacher chose for that link, and for no other', async () => {
    const { body } = await openSession(tool, (await at('door-2', instructor)).code)
    const api = tool.with(body.token)

    const chosen = await api('POST /api/v1/lti/resource-link', { body: item('item_5') })

    expect(chosen).toEqual({ kind: 'item', id: 'item_5' })
    expect(await targetOf('door-2')).toEqual({ kind: 'item', id: 'item_5' })
    expect(await targetOf('door-2', instructor)).toEqual({ kind: 'item', id: 'item_5' })
    expect(await targetOf('door-3')).toEqual({ kind: 'none', id: null })
    expect(await targetOf('door-2', { [claim.context]: { id: 'course-2' } })).toEqual({
      kind: 'none',
      id: null,
    })
  })

  it('lets the choice be changed while the teacher still chooses, and not afterwards', async () => {
    const { body } = await openSession(tool, (await at('door-4', instructor)).code)
    const api = tool.with(body.token)
    await api('POST /api/v1/lti/resource-link', { body: item('item_5') })
    await api('POST /api/v1/lti/resource-link', { body: { kind: 'resource', id: 'res_6' } })
    const later = await openSession(tool, (await at('door-4', instructor)).code)

    expect(await targetOf('door-4')).toEqual({ kind: 'resource', id: 'res_6' })
    expect(
      await refusal(
        tool.with(later.body.token)('POST /api/v1/lti/resource-link', { body: item('item_7') }),
      ),
    ).toBe('403 insufficient_scope')
  })

  it('takes no choice of what does not exist, nor from a learner', async () => {
    const teacher = await openSession(tool, (await at('door-5', instructor)).code)
    const learner = await openSession(tool, (await at('door-5')).code)

    expect(
      await refusal(
        tool.with(teacher.body.token)('POST /api/v1/lti/resource-link', { body: item('gone') }),
      ),
    ).toBe('404 not_found')
    expect(
      await refusal(
        tool.with(learner.body.token)('POST /api/v1/lti/resource-link', { body: item('item_5') }),
      ),
    ).toBe('403 insufficient_scope')
  })
})

describe('the keys of the tool', () => {
  const published = async () => {
    const answer = await fetch(`${tool.publicUrl}/lti/jwks`)
    const { keys } = (await answer.json()) as { keys: Record<string, string>[] }
    return { keys, cacheControl: answer.headers.get('cache-control') }
  }
  const signerOf = async () => {
    const { api } = await pickerOf()
    const { jwt } = await api('POST /api/v1/lti/deep-linking', { body: { choices: [] } })
    await verified(jwt)
    return decodeProtectedHeader(jwt).kid
  }

  it('are two public RSA keys, and may be kept for a while', async () => {
    const { keys, cacheControl } = await published()

    expect(keys).toHaveLength(2)
    expect(cacheControl).toBe('public, max-age=300')
    for (const key of keys) {
      expect(new Set(Object.keys(key))).toEqual(new Set(['alg', 'e', 'kid', 'kty', 'n', 'use']))
      expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' })
      expect(Buffer.from(String(key['n']), 'base64url')).toHaveLength(256)
    }
  })

  it('rotate: the next was published before it signs, the old one stays published', async () => {
    const before = await published()
    const [current, next] = before.keys.map(({ kid }) => kid)
    expect(await signerOf()).toBe(current)

    await tool.lti.rotateKeys()

    expect(await signerOf()).toBe(next)
    const after = (await published()).keys.map(({ kid }) => kid)
    expect(after.slice(0, 2)).toEqual([current, next])
    expect(after).toHaveLength(3)
  })

  it('are made once by processes that start together, and moved on once by two rotations', async () => {
    const second = await startLtiTool()

    await Promise.all([tool.lti.ensureKeys(), second.lti.ensureKeys()])
    const before = (await published()).keys.map(({ kid }) => kid)
    await Promise.all([tool.lti.rotateKeys(), tool.lti.rotateKeys()])

    const after = (await published()).keys.map(({ kid }) => kid)
    expect(after[0]).toBe(before[1])
    expect(after).toHaveLength(3)
    await second.stop()
  })
})
