import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AuditEntryModel } from '../../backend/core/audit/index.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import { createKey, revokeKey } from '../../backend/modules/auth/index.ts'
import { ApiKeyModel } from '../../backend/modules/auth/key-store.ts'
import {
  type AuthServer,
  addSchools,
  addStaff,
  password,
  type School,
  serveAuth,
} from '../support/auth-server.ts'
import { useTestDatabase } from '../support/database.ts'
import { createStaffBrowser, type StaffBrowser } from '../support/staff-browser.ts'

useTestDatabase()
let server: AuthServer
let school: School
let developer: StaffBrowser

beforeAll(async () => {
  server = await serveAuth()
  school = await addSchools()
  await addStaff(school.schoolId, 'dev@school.example', 'developer')
  await addStaff(school.otherId, 'dev@other.example', 'developer')
  await addStaff(school.schoolId, 'teacher@school.example', 'teacher')
})
afterAll(() => server.close())
beforeEach(async () => {
  developer = createStaffBrowser(server.url)
  await developer.signIn('dev@school.example', password)
})

async function make(body: object) {
  return developer.call('POST /api/v1/keys', { body })
}

async function listKeysWith(key: string): Promise<Response> {
  return fetch(`${server.url}/api/v1/keys`, { headers: { authorization: `Bearer ${key}` } })
}

describe('an API key', () => {
  it('is shown once, kept as a digest, and opens what its scopes say', async () => {
    const { status, body } = await make({ name: 'Reports', scopes: ['keys.read', 'items.read'] })

    expect(status).toBe(201)
    expect(body.key).toMatch(/^edp_live_[0-9A-Za-z]{49}$/)
    expect(body.expiresAt).toBe('2027-11-23T09:00:00.000Z')
    const stored = JSON.stringify(await ApiKeyModel.find({ tenantId: school.schoolId }).lean())
    expect(stored).not.toContain(body.key)
    const answer = await listKeysWith(body.key)
    expect(answer.status).toBe(200)
    const list = (await answer.json()) as { data: object[] }
    expect(JSON.stringify(list)).not.toContain(body.key)
    expect(list.data[0]).toMatchObject({ id: body.id, name: 'Reports', mode: 'live' })
    const denied = await fetch(`${server.url}/api/v1/people`, {
      headers: { authorization: `Bearer ${body.key}` },
    })
    expect(denied.status).toBe(403)
    expect(denied.headers.get('www-authenticate')).toContain('insufficient_scope')
  })

  it('cannot hold a right that its maker lacks', async () => {
    const { status, body } = await make({ name: 'Too much', scopes: ['keys.read', 'people.write'] })

    expect(status).toBe(403)
    expect(body.detail).toContain('people.write')
  })

  it('stops at once when it is revoked, and revoking it twice is no error', async () => {
    const { body } = await make({ name: 'Short', scopes: ['keys.read'] })
    expect((await listKeysWith(body.key)).status).toBe(200)

    expect((await developer.call(`DELETE /api/v1/keys/${body.id}`)).status).toBe(204)

    expect((await listKeysWith(body.key)).status).toBe(401)
    expect((await developer.call(`DELETE /api/v1/keys/${body.id}`)).status).toBe(204)
    const { body: read } = await developer.call(`GET /api/v1/keys/${body.id}`)
    expect(read.revokedAt).toBe('2026-11-23T09:00:00.000Z')
    const actions = await AuditEntryModel.find({ tenantId: school.schoolId, 'target.id': body.id })
      .sort({ seq: 1 })
      .lean()
    expect(actions.map(({ action }) => action)).toEqual(['key.create', 'key.revoke'])
  })

  it('that another process revokes stops within a second', async () => {
    const ctx = systemContext(school.schoolId, 'test')
    const wanted = { name: 'x', scopes: ['keys.read'], expiresInDays: 1 } as const
    const { key, id } = await createKey(ctx, wanted, server.clock.now)
    expect((await listKeysWith(key)).status).toBe(200)

    // What another process writes, without a word to this one.
    await ApiKeyModel.updateOne(
      { _id: id, tenantId: school.schoolId },
      { $set: { revokedAt: new Date() }, $currentDate: { changedAt: true } },
    )

    await expect.poll(async () => (await listKeysWith(key)).status).toBe(401)
  })

  it('ends on its day', async () => {
    const { body } = await make({ name: 'Trial', scopes: ['keys.read'], expiresInDays: 1 })
    expect((await listKeysWith(body.key)).status).toBe(200)

    server.clock.advance(86_400_000)

    expect((await listKeysWith(body.key)).status).toBe(401)
  })

  it('notes its use once a minute at most, without counting as changed', async () => {
    const ctx = systemContext(school.schoolId, 'test')
    const wanted = { name: 'y', scopes: ['keys.read'], expiresInDays: null } as const
    const { key, id } = await createKey(ctx, wanted, server.clock.now)
    const read = () => ApiKeyModel.findOne({ _id: id, tenantId: school.schoolId }).lean()
    const before = await read()
    const first = server.clock.now

    await listKeysWith(key)
    await expect.poll(async () => (await read())?.lastUsedAt).toEqual(first)
    server.clock.advance(30_000)
    await listKeysWith(key)
    server.clock.advance(31_000)
    await listKeysWith(key)

    await expect.poll(async () => (await read())?.lastUsedAt).toEqual(server.clock.now)
    expect((await read())?.updatedAt).toEqual(before?.updatedAt)
    await revokeKey(ctx, id, server.clock.now)
  })

  it.each(['edp_live_short', `edp_live_${'0'.repeat(49)}`, 'edp_other_x', ''])(
    'that is wrong (%s) is refused',
    async (key) => {
      expect((await listKeysWith(key)).status).toBe(401)
    },
  )

  it('of another organisation does not exist here', async () => {
    const { body } = await make({ name: 'Ours', scopes: ['keys.read'] })
    const stranger = createStaffBrowser(server.url)
    await stranger.signIn('dev@other.example', password)

    expect((await stranger.call(`GET /api/v1/keys/${body.id}`)).status).toBe(404)
    expect((await stranger.call(`DELETE /api/v1/keys/${body.id}`)).status).toBe(404)
    expect((await stranger.call('GET /api/v1/keys')).body.data).toEqual([])
    expect((await listKeysWith(body.key)).status).toBe(200)
  })

  it('is listed page by page', async () => {
    const total = (await developer.call('GET /api/v1/keys?limit=200')).body.data.length
    const seen = new Set<string>()
    let cursor = ''
    do {
      const { body } = await developer.call(`GET /api/v1/keys?limit=2${cursor}`)
      for (const { id } of body.data) seen.add(id)
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')

    expect(total).toBeGreaterThan(4)
    expect(seen.size).toBe(total)
  })
})

describe('a browser extension', () => {
  async function pair(code: string, from = '192.0.2.70') {
    const extension = createStaffBrowser(server.url, from)
    return extension.call('POST /api/v1/extension/pairings', { body: { code, device: 'Laptop' } })
  }

  async function teacherCode() {
    const teacher = createStaffBrowser(server.url)
    await teacher.signIn('teacher@school.example', password)
    const { body, status } = await teacher.call('POST /api/v1/extension/codes')
    expect(status).toBe(201)
    return { teacher, code: body.code as string }
  }

  it('pairs once with a short code and reads with the rights of the person', async () => {
    const { code } = await teacherCode()
    expect(code).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/)

    const { status, body } = await pair(` ${code.toLowerCase().replace('-', ' ')} `)

    expect(status).toBe(201)
    expect(body.token).toMatch(/^edp_ext_/)
    expect(body).toMatchObject({ user: { name: 'Ada Lovelace' }, tenant: { id: school.schoolId } })
    expect((await pair(code)).body.code).toBe('invalid_credentials')
    const { body: keys } = await developer.call('GET /api/v1/keys')
    expect(keys.data[0]).toMatchObject({
      name: 'Browser extension – Laptop',
      scopes: ['resources.read', 'items.read', 'embeds.read'],
    })
  })

  it('gives one of two parallel callers the token', async () => {
    const { code } = await teacherCode()

    const answers = await Promise.all([1, 2, 3, 4].map(() => pair(code, '192.0.2.71')))

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  it('unpairs itself', async () => {
    const { code } = await teacherCode()
    const { body } = await pair(code)
    const unpair = () =>
      fetch(`${server.url}/api/v1/extension/pairings/current`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${body.token}` },
      })

    expect((await unpair()).status).toBe(204)
    expect((await unpair()).status).toBe(401)
  })

  it('is listed for the person who paired it and revoked by nobody else of the staff', async () => {
    const { teacher, code } = await teacherCode()
    const { body: paired } = await pair(code)
    const { body: mine } = await teacher.call('GET /api/v1/extension/pairings')
    const { id } = mine.data[0]
    expect(JSON.stringify(mine)).not.toContain(paired.token)

    expect((await developer.call('GET /api/v1/extension/pairings')).body.data).toEqual([])
    expect((await developer.call(`DELETE /api/v1/extension/pairings/${id}`)).status).toBe(404)
    expect((await teacher.call(`DELETE /api/v1/extension/pairings/${id}`)).status).toBe(204)

    const answer = await fetch(`${server.url}/api/v1/keys`, {
      headers: { authorization: `Bearer ${paired.token}` },
    })
    expect(await answer.json()).toMatchObject({ code: 'key_revoked' })
    const { body: left } = await teacher.call('GET /api/v1/extension/pairings')
    expect(left.data.map((one: { id: string }) => one.id)).not.toContain(id)
  })

  it('accepts a code for ten minutes, and only the newest of a person', async () => {
    const { teacher, code: old } = await teacherCode()
    const { body: second } = await teacher.call('POST /api/v1/extension/codes')
    expect((await pair(old)).status).toBe(401)

    server.clock.advance(10 * 60_000)

    expect((await pair(second.code)).status).toBe(401)
  })

  it('cannot be paired by guessing', async () => {
    const answers: number[] = []
    for (let n = 0; n < 12; n++) answers.push((await pair('AAAA-AAAA', '192.0.2.72')).status)

    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401))
    expect(answers.slice(10)).toEqual([429, 429])
  })
})
