import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSettingsModule } from '../../backend/modules/settings/index.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

let app: TestApp
let trust: TestTenant
let north: TestTenant
let south: TestTenant
let stranger: TestTenant

beforeAll(async () => {
  app = await startTestApp()
  trust = await app.addTenant('Larkfield Trust', { kind: 'trust' })
  north = await app.addTenant('North School', { below: trust })
  south = await app.addTenant('South School', { below: trust })
  stranger = await app.addTenant('Elsewhere School')
})
afterAll(() => app.stop())

type Changes = { key: string; value?: unknown; locked?: boolean; inherit?: boolean }[]

async function patch(tenant: TestTenant, changes: Changes) {
  return send(tenant, 'PATCH', '/api/v1/settings', { changes })
}

/** The members of answers and problems that are looked at here. */
interface Body {
  readonly code: string
  readonly detail: string
  readonly tenantId: string
  readonly errors: { pointer: string; detail: string }[]
  readonly effects: { name: string; overrules: boolean }[]
}

async function send(tenant: TestTenant, method: string, path: string, body?: unknown) {
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

async function setting(tenant: TestTenant, key: string) {
  const { settings } = await tenant.client('GET /api/v1/settings', { query: {} })
  return settings.find((candidate) => candidate.key === key)
}

describe('settings', () => {
  it('come with the product until somebody says otherwise', async () => {
    expect(await setting(north, 'security.freshSignInMinutes')).toMatchObject({
      value: 15,
      source: null,
      lockedBy: null,
      own: null,
      changeable: true,
      type: 'number',
      minimum: 1,
      maximum: 720,
    })
  })

  it('are inherited from the trust, and a school may say otherwise', async () => {
    await patch(trust, [{ key: 'security.freshSignInMinutes', value: 10 }])
    await patch(south, [{ key: 'security.freshSignInMinutes', value: 2 }])

    expect(await setting(north, 'security.freshSignInMinutes')).toMatchObject({
      value: 10,
      source: { tenantId: trust.id, name: 'Larkfield Trust', kind: 'trust' },
      own: null,
    })
    expect(await setting(south, 'security.freshSignInMinutes')).toMatchObject({
      value: 2,
      source: { tenantId: south.id },
      inherited: { value: 10, source: { tenantId: trust.id } },
    })
    expect(await setting(stranger, 'security.freshSignInMinutes')).toMatchObject({ value: 15 })
  })

  it('show before a change which schools it reaches, and change nothing', async () => {
    const { body } = await send(trust, 'POST', '/api/v1/settings/preview', {
      changes: [{ key: 'security.freshSignInMinutes', value: 20, locked: true }],
    })

    expect(body).toMatchObject({ organisations: 3, changing: 3, keepingOwn: 0, truncated: false })
    expect(body.effects.map((effect) => [effect.name, effect.overrules])).toEqual([
      ['Larkfield Trust', false],
      ['North School', false],
      ['South School', true],
    ])
    expect(await setting(north, 'security.freshSignInMinutes')).toMatchObject({ value: 10 })
  })

  it('can be locked for those below, who are told by whom', async () => {
    await patch(trust, [{ key: 'security.freshSignInMinutes', value: 20, locked: true }])

    const refused = await patch(south, [{ key: 'security.freshSignInMinutes', value: 1 }])
    const tidied = await patch(south, [{ key: 'security.freshSignInMinutes', inherit: true }])

    expect(refused).toMatchObject({ status: 409, body: { code: 'setting_locked' } })
    expect(refused.body.detail).toContain('Larkfield Trust')
    expect(tidied.status).toBe(200)
    expect(await setting(south, 'security.freshSignInMinutes')).toMatchObject({
      value: 20,
      changeable: false,
      lockedBy: { name: 'Larkfield Trust' },
    })
  })

  it('are changed all together or not at all', async () => {
    const { status, body } = await patch(north, [
      { key: 'branding.name', value: 'North' },
      { key: 'branding.colour', value: '#ffee00' },
      { key: 'organisation.dataProtectionContact', value: 'nobody' },
    ])

    expect(status).toBe(400)
    expect(body.errors.map(({ pointer }) => pointer)).toEqual([
      '#/changes/1/value',
      '#/changes/2/value',
    ])
    expect(body.errors[0]?.detail).toMatch(/too light for white text.*#[0-9a-f]{6} would do/)
    expect(await setting(north, 'branding.name')).toMatchObject({ value: '', own: null })
  })

  it('keep every change of writers at the same moment', async () => {
    const writes = [
      { key: 'branding.name', value: 'N' },
      { key: 'organisation.dataRegion', value: 'London' },
      { key: 'organisation.dataProtectionContact', value: 'dpo@north.example' },
    ].map((change) => patch(north, [change]))

    expect((await Promise.all(writes)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await setting(north, 'branding.name')).toMatchObject({ value: 'N' })
    expect(await setting(north, 'organisation.dataRegion')).toMatchObject({ value: 'London' })
    expect(await setting(north, 'organisation.dataProtectionContact')).toMatchObject({
      value: 'dpo@north.example',
    })
  })

  it('reach other processes within a second', async () => {
    const other = createSettingsModule({ now: () => new Date() })
    await other.get(north.id, 'organisation.dataRegion')
    await patch(north, [{ key: 'organisation.dataRegion', value: 'Leeds' }])

    const deadline = performance.now() + 5000
    let seen = ''
    while (seen !== 'Leeds' && performance.now() < deadline) {
      seen = await other.get(north.id, 'organisation.dataRegion')
    }

    expect(seen).toBe('Leeds')
  })

  it('are shown to the trust for its schools, and to nobody else', async () => {
    const ofSchool = await send(trust, 'GET', `/api/v1/settings?tenantId=${north.id}`)
    const ofTrust = await send(north, 'GET', `/api/v1/settings?tenantId=${trust.id}`)
    const ofStranger = await send(north, 'GET', `/api/v1/settings?tenantId=${stranger.id}`)

    expect(ofSchool.body.tenantId).toBe(north.id)
    expect([ofTrust.status, ofStranger.status]).toEqual([404, 404])
  })

  it('leave a trace and an event with the names of what changed', async () => {
    const { data } = await north.client('GET /api/v1/audit', {
      query: { action: 'settings.update' },
    })

    expect(data.length).toBeGreaterThan(2)
    expect(data[0]?.fields).toEqual(['organisation.dataRegion'])
    expect(data[0]?.changes).toEqual([
      { field: 'organisation.dataRegion', before: 'London', after: 'Leeds' },
    ])
  })
})

describe('branding', () => {
  const logo =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

  beforeAll(async () => {
    await patch(trust, [
      { key: 'branding.name', value: 'Larkfield <Trust>' },
      { key: 'branding.colour', value: '#0b5d1e' },
      { key: 'branding.logo', value: logo },
    ])
  })

  it('is a stylesheet and a logo that any page may load', async () => {
    const css = await fetch(`${app.url}/branding/${south.id}.css`)
    const image = await fetch(`${app.url}/branding/${south.id}/logo`)

    expect(css.headers.get('content-type')).toContain('text/css')
    expect(await css.text()).toContain('--edpsych-primary: light-dark(#0b5d1e,')
    expect(image.headers.get('content-type')).toBe('image/png')
    expect((await image.arrayBuffer()).byteLength).toBeGreaterThan(60)
    expect((await fetch(`${app.url}/branding/${stranger.id}/logo`)).status).toBe(404)
    expect(await (await fetch(`${app.url}/branding/${stranger.id}.css`)).text()).toBe('')
  })

  it('names the organisation above embedded content, as text', async () => {
    const resource = await south.client('POST /api/v1/resources', {
      body: {
        name: 'Reading aloud',
        learningResourceType: 'article',
        license: { name: 'CC BY 4.0', url: null },
        attribution: 'Larkfield',
        content: [{ type: 'paragraph', text: 'Read a page each day.' }],
      },
    })
    const embed = await south.client('POST /api/v1/embeds', {
      body: { kind: 'resource', targetId: resource.id, allowedOrigins: [] },
    })

    const page = await (await fetch(`${app.url}/embed/v1/view/${embed.id}`)).text()

    expect(page).toContain(`<link rel="stylesheet" href="/branding/${south.id}.css"`)
    expect(page).toContain('Larkfield &lt;Trust&gt;')
    expect(page).toContain(`src="/branding/${south.id}/logo"`)
  })

  it('takes no image that could carry a script', async () => {
    const svg = `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}`

    const { status, body } = await patch(south, [{ key: 'branding.logo', value: svg }])

    expect(status).toBe(400)
    expect(body.errors[0]?.detail).toContain('PNG, JPEG or WebP')
  })
})
