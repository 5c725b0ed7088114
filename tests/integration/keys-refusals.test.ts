import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemContext } from '../../backend/core/tenancy.ts'
import { createKey, revokeKey, rotateKey } from '../../backend/modules/auth/index.ts'
import { makeKey } from '../../backend/modules/auth/key-format.ts'
import { ApiKeyModel } from '../../backend/modules/auth/key-store.ts'
import { createTenant } from '../../backend/modules/tenants/index.ts'
import { type AuthServer, addSchools, type School, serveAuth } from '../support/auth-server.ts'
import { useTestDatabase } from '../support/database.ts'

useTestDatabase()
let server: AuthServer
let school: School

beforeAll(async () => {
  server = await serveAuth()
  school = await addSchools()
})
afterAll(() => server.close())

const scopes = ['keys.read', 'keys.write'] as const
const ctx = () => systemContext(school.schoolId, 'test')
const newKey = (more: object = {}) =>
  createKey(ctx(), { name: 'k', scopes, expiresInDays: 30, ...more }, server.clock.now)

interface Called {
  readonly status: number
  readonly code?: string
  readonly challenge: string | null
  readonly body: Record<string, unknown> & { key?: string; id?: string; previous?: object[] }
}

async function call(key: string, init: RequestInit & { path?: string; from?: string } = {}) {
  const { path = '/api/v1/keys', from = '198.51.100.7', ...rest } = init
  const response = await fetch(server.url + path, {
    ...rest,
    headers: {
      authorization: `Bearer ${key}`,
      'x-forwarded-for': from,
      ...(rest.body ? { 'content-type': 'application/json' } : {}),
    },
  })
  const text = await response.text()
  const body = text === '' ? {} : JSON.parse(text)
  return {
    status: response.status,
    code: body.code,
    challenge: response.headers.get('www-authenticate'),
    body,
  } as Called
}

const rotate = (key: string, id: string, overlapSeconds: number) =>
  call(key, {
    path: `/api/v1/keys/${id}/rotate`,
    method: 'POST',
    body: JSON.stringify({ overlapSeconds }),
  })

describe('a refused key says why', () => {
  it('when its checksum is broken', async () => {
    const { key } = await newKey()
    const broken = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A')

    expect(await call(broken)).toMatchObject({ status: 401, code: 'key_malformed' })
    expect(await call('edp_live_short')).toMatchObject({ status: 401, code: 'key_malformed' })
  })

  it('when it was never given out', async () => {
    const answer = await call(makeKey('edp_live_'))

    expect(answer).toMatchObject({ status: 401, code: 'key_unknown' })
    expect(answer.challenge).toContain('error="invalid_token"')
  })

  it('when it is revoked', async () => {
    const { key, id } = await newKey()
    expect((await call(key)).status).toBe(200)

    await revokeKey(ctx(), id, server.clock.now)

    expect(await call(key)).toMatchObject({ status: 401, code: 'key_revoked' })
  })

  it('when it has expired, also with a warm cache', async () => {
    const { key } = await newKey({ expiresInDays: 1 })
    expect((await call(key)).status).toBe(200)

    server.clock.advance(86_400_000)

    expect(await call(key)).toMatchObject({ status: 401, code: 'key_expired' })
  })

  it('when it is used from elsewhere than its networks', async () => {
    const { key } = await newKey({ allowedNetworks: ['203.0.113.0/24', '2001:db8::/32'] })

    expect((await call(key, { from: '203.0.113.9' })).status).toBe(200)
    expect((await call(key, { from: '2001:db8::5' })).status).toBe(200)
    expect((await call(key, { from: '::ffff:203.0.113.9' })).status).toBe(200)
    expect(await call(key, { from: '198.51.100.1' })).toMatchObject({
      status: 403,
      code: 'key_network_not_allowed',
    })
  })
})

describe('the header Authorization', () => {
  it.each(['edp_live_x y', ''])('that holds no single credential (%j) is refused', async (key) => {
    expect(await call(key)).toMatchObject({ status: 401, code: 'authorization_malformed' })
  })

  it('of another scheme is refused', async () => {
    const response = await fetch(`${server.url}/api/v1/keys`, {
      headers: { authorization: 'Basic dXNlcjpwYXNz' },
    })

    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'authorization_malformed' })
  })

  it('that is sent twice is refused, whichever is right', async () => {
    const { key } = await newKey()
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    socket.write(
      `GET /api/v1/keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nAuthorization: Bearer ${makeKey('edp_live_')}\r\nConnection: close\r\n\r\n`,
    )
    let answer = ''
    for await (const chunk of socket) answer += String(chunk)

    expect(answer).toContain('400 Bad Request')
    expect(answer).toContain('authorization_repeated')
  })

  it.each(['access_token', 'api_key', 'q'])(
    'cannot be replaced by %s in the address',
    async (name) => {
      const { key } = await newKey()
      const response = await fetch(`${server.url}/api/v1/keys?${name}=${key}`)

      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'credential_in_address' })
    },
  )
})

describe('rotation', () => {
  it('makes a new secret while the old one works until the overlap ends', async () => {
    const { key, id } = await newKey()

    const { status, body } = await rotate(key, id, 3600)

    expect(status).toBe(201)
    expect(body.id).toBe(id)
    expect(body.key).not.toBe(key)
    expect(body.previous).toHaveLength(1)
    expect((await call(key)).status).toBe(200)
    expect((await call(body.key ?? '')).status).toBe(200)
    server.clock.advance(3_600_000)
    expect(await call(key)).toMatchObject({ status: 401, code: 'key_rotated' })
    expect((await call(body.key ?? '')).status).toBe(200)
  })

  it('without overlap ends every earlier secret at once', async () => {
    const { key: first, id } = await newKey()
    const second = (await rotate(first, id, 604_800)).body.key ?? ''
    expect((await call(first)).status).toBe(200)

    const third = (await rotate(second, id, 0)).body.key ?? ''

    expect(await call(first)).toMatchObject({ code: 'key_rotated' })
    expect(await call(second)).toMatchObject({ code: 'key_rotated' })
    expect((await call(third)).status).toBe(200)
  })

  it('repeated during the overlap keeps each secret to its own end', async () => {
    const { key: first, id } = await newKey()
    const second = (await rotate(first, id, 60)).body.key ?? ''
    const third = (await rotate(second, id, 7200)).body.key ?? ''

    server.clock.advance(60_000)

    expect(await call(first)).toMatchObject({ code: 'key_rotated' })
    expect((await call(second)).status).toBe(200)
    expect((await call(third)).status).toBe(200)
  })

  it('lets only one of two parallel callers win', async () => {
    const { key, id } = await newKey()

    const answers = await Promise.all([rotate(key, id, 60), rotate(key, id, 60)])

    expect(answers.filter(({ status }) => status === 409).length).toBeLessThanOrEqual(1)
    const made = answers.flatMap(({ body }) => (body.key ? [body.key] : []))
    for (const one of made) expect((await call(one)).status).toBe(200)
  })

  it.each([604_801, -1, 1.5])('refuses an overlap of %s s', async (overlapSeconds) => {
    const { key, id } = await newKey()

    expect(await rotate(key, id, overlapSeconds)).toMatchObject({ code: 'invalid_request' })
  })

  it('is not for those who hold less than the key', async () => {
    const { id } = await newKey({ scopes: ['people.write'] })
    const { key } = await newKey()

    expect(await rotate(key, id, 60)).toMatchObject({ status: 403, code: 'insufficient_scope' })
  })

  it('tells of itself with one event in the same write', async () => {
    const { id } = await newKey()
    await rotateKey(ctx(), id, { overlapSeconds: 60 }, server.clock.now)

    const row = await ApiKeyModel.findOne({ _id: id, tenantId: school.schoolId }).lean()

    expect(row?.pendingEvents?.map(({ type }) => type)).toEqual(['key.created', 'key.rotated'])
  })
})

describe('PATCH', () => {
  const patch = (key: string, id: string, body: object) =>
    call(key, { path: `/api/v1/keys/${id}`, method: 'PATCH', body: JSON.stringify(body) })

  it('renames, narrows and shortens, at once', async () => {
    const { key, id } = await newKey()
    expect((await call(key)).status).toBe(200)

    const { body } = await patch(key, id, {
      name: 'Narrow',
      scopes: ['keys.write'],
      allowedNetworks: ['198.51.100.7'],
      expiresAt: new Date(server.clock.now.getTime() + 60_000).toISOString(),
    })

    expect(body).toMatchObject({ name: 'Narrow', scopes: ['keys.write'] })
    expect(await call(key)).toMatchObject({ status: 403, code: 'insufficient_scope' })
    expect(await call(key, { from: '198.51.100.8' })).toMatchObject({
      code: 'key_network_not_allowed',
    })
    server.clock.advance(60_000)
    expect(await call(key)).toMatchObject({ code: 'key_expired' })
  })

  it('adds neither rights nor time, and takes no nonsense for a network', async () => {
    const { key, id } = await newKey()
    const later = new Date(server.clock.now.getTime() + 400 * 86_400_000).toISOString()

    for (const body of [
      { scopes: ['keys.read', 'people.write'] },
      { expiresAt: later },
      { allowedNetworks: ['10.0.0.0/40'] },
      { allowedNetworks: ['example.org'] },
      { scopes: [] },
    ]) {
      expect(await patch(key, id, body)).toMatchObject({ status: 400, code: 'invalid_request' })
    }
  })

  it('of a revoked key is a conflict', async () => {
    const { id } = await newKey()
    const { key } = await newKey()
    await revokeKey(ctx(), id, server.clock.now)

    expect(await patch(key, id, { name: 'x' })).toMatchObject({ status: 409 })
    expect(await rotate(key, id, 0)).toMatchObject({ status: 409 })
  })
})

describe('test and live', () => {
  it('follow from the organisation, and another mode is refused', async () => {
    const sandbox = await createTenant(ctx(), {
      name: 'Sandbox',
      slug: 'sandbox-keys',
      kind: 'sandbox',
    })
    const inSandbox = (more: object = {}) =>
      createKey(
        systemContext(sandbox.id, 'test'),
        { name: 't', scopes, expiresInDays: null, ...more },
        server.clock.now,
      )

    expect((await newKey({ mode: 'live' })).key).toMatch(/^edp_live_/)
    expect((await inSandbox()).key).toMatch(/^edp_test_/)
    await expect(newKey({ mode: 'test' })).rejects.toMatchObject({ code: 'key_mode_mismatch' })
    await expect(inSandbox({ mode: 'live' })).rejects.toMatchObject({ code: 'key_mode_mismatch' })
  })
})
