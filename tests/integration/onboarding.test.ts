import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EventModel } from '../../backend/core/events/index.ts'
import type { Onboarding, OnboardingStep } from '../../shared/api/onboarding.ts'
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

const read = (who: TestTenant, of: TestTenant) =>
  who.client('GET /api/v1/tenants/:id/onboarding', { params: { id: of.id } })

function step({ steps }: Onboarding, key: OnboardingStep['key']): OnboardingStep {
  const found = steps.find((one) => one.key === key)
  if (!found) throw new Error(`no step ${key}`)
  return found
}

async function send(who: TestTenant, method: string, path: string, body?: unknown) {
  const response = await fetch(app.url + path, {
    method,
    headers: { authorization: `Bearer ${who.key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, code: ((await response.json()) as { code?: string }).code }
}

const change = (
  who: TestTenant,
  of: TestTenant,
  body: { step: OnboardingStep['key']; skip?: boolean; confirm?: string; note?: string },
) => who.client('PATCH /api/v1/tenants/:id/onboarding', { params: { id: of.id }, body })

async function confirm(who: TestTenant, of: TestTenant, key: OnboardingStep['key']) {
  const { confirmation } = step(await read(who, of), key)
  return change(who, of, { step: key, confirm: confirmation ?? '' })
}

const say = (tenant: TestTenant, key: string, value: unknown) =>
  send(tenant, 'PATCH', '/api/v1/settings', { changes: [{ key, value }] })

describe('setting up a school', () => {
  it('shows every step with what is missing before anybody has begun', async () => {
    const onboarding = await read(trust, south)

    expect(onboarding).toMatchObject({
      id: south.id,
      state: 'not-begun',
      total: 8,
      finished: 0,
      nextStep: 'details',
      begunAt: null,
      organisation: { name: 'South School', kind: 'school', parentId: trust.id },
    })
    for (const one of onboarding.steps) {
      expect(one.state).toBe('todo')
      expect(one.missing.length).toBeGreaterThan(0)
      expect(one.link).toMatch(/^\/admin\//)
    }
  })

  it('is begun once, however often that is asked for', async () => {
    const first = await trust.client('POST /api/v1/tenants/:id/onboarding', {
      params: { id: north.id },
    })
    const again = await north.client('POST /api/v1/tenants/:id/onboarding', {
      params: { id: north.id },
    })

    expect(first).toMatchObject({ state: 'under-way', begunBy: { kind: 'api-key' } })
    expect(again.begunAt).toBe(first.begunAt)
    expect(again.begunBy).toEqual(first.begunBy)
  })

  it('takes a step for done when the organisation has what it asks for, and says who did it', async () => {
    await say(north, 'organisation.dataRegion', 'London, in our own cloud')

    const details = step(await read(trust, north), 'details')

    expect(details).toMatchObject({ state: 'done', missing: [], by: { kind: 'api-key' } })
    expect(details.at).not.toBeNull()
    expect(details.facts).toContainEqual({
      label: 'Where data is kept',
      value: 'London, in our own cloud (North School)',
    })
  })

  it('counts only administrators of the school itself who can sign in', async () => {
    await trust.client('POST /api/v1/people', {
      body: { name: 'Tess Trust', email: 'tess@larkfield.example', role: 'trust-admin' },
    })
    await north.client('POST /api/v1/people', {
      body: { name: 'Tim Teacher', email: 'tim@north.example', role: 'teacher' },
    })
    expect(step(await read(north, north), 'administrator').state).toBe('todo')

    const person = await north.client('POST /api/v1/people', {
      body: { name: 'Ada Office', email: 'ada@north.example', role: 'school-admin' },
    })
    expect(step(await read(north, north), 'administrator').state).toBe('done')

    const setDisabled = (disabled: boolean) =>
      trust.client('PATCH /api/v1/people/:id', { params: { id: person.id }, body: { disabled } })
    await north.client('POST /api/v1/people', {
      body: { name: 'Bea Office', email: 'bea@north.example', role: 'school-admin' },
    })
    await setDisabled(true)
    expect(step(await read(north, north), 'administrator').facts).toEqual([
      { label: 'Administrators of its own', value: '1' },
    ])
  })

  it('asks again when something that was confirmed has changed', async () => {
    expect((await say(trust, 'branding.name', 'Larkfield')).status).toBe(200)
    const confirmed = await confirm(north, north, 'appearance')
    expect(step(confirmed, 'appearance')).toMatchObject({ state: 'done', confirmation: null })
    expect(step(confirmed, 'appearance').facts).toContainEqual({
      label: 'Name in widgets',
      value: 'Larkfield (Larkfield Trust)',
    })

    await say(trust, 'branding.name', 'Larkfield Schools')

    const after = step(await read(north, north), 'appearance')
    expect(after).toMatchObject({ state: 'todo', by: null })
    expect(after.missing).toEqual([
      'It has changed since it was confirmed. Look again and confirm it.',
    ])
    expect((await confirm(north, north, 'appearance')).finished).toBeGreaterThan(0)
  })

  it('refuses to confirm what is not what was read', async () => {
    const { confirmation } = step(await read(north, north), 'data-protection')
    await say(north, 'organisation.dataProtectionContact', 'dpo@north.example')
    const path = `/api/v1/tenants/${north.id}/onboarding`

    const stale = await send(north, 'PATCH', path, {
      step: 'data-protection',
      confirm: confirmation,
    })
    const nothing = await send(north, 'PATCH', path, { step: 'lms', confirm: 'abc' })

    expect(stale).toEqual({ status: 409, code: 'onboarding_facts_changed' })
    expect(nothing).toEqual({ status: 409, code: 'onboarding_facts_changed' })
    const done = await confirm(north, north, 'data-protection')
    expect(step(done, 'data-protection')).toMatchObject({ state: 'done' })
  })

  it('leaves out only what is not required, and takes that back', async () => {
    const path = `/api/v1/tenants/${north.id}/onboarding`
    const refused = await send(north, 'PATCH', path, { step: 'administrator', skip: true })
    expect(refused).toEqual({ status: 409, code: 'onboarding_step_required' })

    const skipped = await change(trust, north, { step: 'lms', skip: true, note: 'No LMS yet' })
    expect(step(skipped, 'lms')).toMatchObject({
      state: 'skipped',
      note: 'No LMS yet',
      by: { kind: 'api-key' },
    })
    const back = await change(north, north, { step: 'lms', skip: false })
    expect(step(back, 'lms')).toMatchObject({ state: 'todo', note: 'No LMS yet' })
  })

  it('keeps what two people decide at the same moment', async () => {
    await Promise.all([
      change(north, north, { step: 'connection', skip: true }),
      change(trust, north, { step: 'lms', skip: true }),
      change(trust, north, { step: 'roster', note: 'Comes on Friday' }),
    ])

    const onboarding = await read(north, north)
    expect(step(onboarding, 'connection').state).toBe('skipped')
    expect(step(onboarding, 'lms').state).toBe('skipped')
    expect(step(onboarding, 'roster').note).toBe('Comes on Friday')
  })

  it('shows a step as done even where it was left out before', async () => {
    const drafted = await north.client('POST /api/v1/connections', {
      body: {
        connectorId: 'moodle',
        name: 'Moodle',
        config: { url: 'https://moodle.north.example' },
      },
    })
    expect(drafted.state).toBe('draft')
    await change(north, north, { step: 'connection', skip: false })
    expect(step(await read(north, north), 'connection').missing).toEqual([
      'A connection is begun. Test it and switch it on.',
    ])
    await change(north, north, { step: 'connection', skip: true })

    await north.client('POST /api/v1/lti/platforms', {
      body: {
        name: 'Moodle',
        issuer: 'https://moodle.north.example',
        clientId: 'c1',
        authorizationEndpoint: 'https://moodle.north.example/auth',
        tokenEndpoint: 'https://moodle.north.example/token',
        jwksUri: 'https://moodle.north.example/jwks',
        deploymentIds: ['1'],
      },
    })
    expect(step(await read(north, north), 'lms')).toMatchObject({
      state: 'done',
      by: { kind: 'api-key' },
    })
  })

  it('is not finished as long as something is to do', async () => {
    const refused = await send(north, 'POST', `/api/v1/tenants/${north.id}/onboarding/complete`)

    expect(refused).toEqual({ status: 409, code: 'onboarding_incomplete' })
    expect(await read(north, north)).toMatchObject({ state: 'under-way', nextStep: 'roster' })
  })

  it('is finished once, with an event and an entry in the trail of the school', async () => {
    await north.client('POST /api/v1/users', {
      body: { sourcedId: 'u1', givenName: 'Ann', familyName: 'Pupil', role: 'student' },
    })
    await confirm(north, north, 'alerts')
    const complete = () =>
      trust.client('POST /api/v1/tenants/:id/onboarding/complete', { params: { id: north.id } })

    const [completed, again] = [await complete(), await complete()]

    expect(completed).toMatchObject({ state: 'completed', finished: 8, nextStep: null })
    expect(again.completedAt).toBe(completed.completedAt)
    const { data } = await north.client('GET /api/v1/audit', {
      query: { action: 'onboarding.complete' },
    })
    expect(data).toHaveLength(1)
    expect(data[0]).toMatchObject({ target: { type: 'tenant', id: north.id } })
    await expect
      .poll(() => EventModel.countDocuments({ tenantId: north.id, type: 'onboarding.completed' }))
      .toBe(1)
  })
})

describe('who sees it', () => {
  it('lists the organisations of a trust to the trust, and to a school itself alone', async () => {
    await south.client('POST /api/v1/tenants/:id/onboarding', { params: { id: south.id } })
    const ids = async (who: TestTenant) =>
      (await who.client('GET /api/v1/onboardings', {})).data.map(({ id }) => id)

    expect(await ids(trust)).toEqual([south.id, north.id])
    expect(await ids(north)).toEqual([north.id])
    expect(await ids(stranger)).toEqual([])
    const { data } = await trust.client('GET /api/v1/onboardings', {
      query: { state: 'completed' },
    })
    expect(data).toMatchObject([{ id: north.id, state: 'completed', finished: 8, total: 8 }])
  })

  it('does not exist for a sibling, for the organisation above or for a stranger to change', async () => {
    for (const [who, of] of [
      [south, north],
      [north, trust],
      [stranger, north],
    ] as const) {
      const path = `/api/v1/tenants/${of.id}/onboarding`
      for (const [method, at, body] of [
        ['GET', path, undefined],
        ['POST', path, {}],
        ['PATCH', path, { step: 'alerts', note: 'x' }],
        ['POST', `${path}/complete`, {}],
      ] as const) {
        expect(await send(who, method, at, body)).toEqual({ status: 404, code: 'not_found' })
      }
    }
  })

  it('is not for a sandbox', async () => {
    const sandbox = await north.client('POST /api/v1/tenants', {
      body: { name: 'Try', slug: 'north-try', kind: 'sandbox' },
    })

    expect(await send(north, 'GET', `/api/v1/tenants/${sandbox.id}/onboarding`)).toEqual({
      status: 409,
      code: 'onboarding_not_possible',
    })
  })
})
