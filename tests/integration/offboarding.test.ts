import { createHash, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openArchive } from '../../backend/core/database/read-archive.ts'
import type { Offboarding } from '../../shared/api/offboarding.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'

let app: TestApp
let trust: TestTenant
let leaving: TestTenant
let staying: TestTenant
let stranger: TestTenant

beforeAll(async () => {
  app = await startTestApp()
  trust = await app.addTenant('Meadow Trust', { kind: 'trust' })
  leaving = await app.addTenant('Leaving School', { below: trust })
  staying = await app.addTenant('Staying School', { below: trust })
  stranger = await app.addTenant('Other School')
  for (const school of [leaving, staying]) await fill(school)
})
afterAll(() => app.stop())

async function fill({ client, id }: TestTenant): Promise<void> {
  await client('POST /api/v1/users/bulk', {
    body: {
      operations: Array.from({ length: 30 }, (_, n) => ({
        method: 'upsert',
        sourcedId: `${id}-${n}`,
        givenName: 'Robin',
        familyName: `Learner ${n}`,
        role: 'student',
      })),
    },
  } as never)
  await client('POST /api/v1/people', {
    body: { name: 'Head', email: `head@${id.slice(-8)}.example`, role: 'teacher' },
  })
}

async function begin(by: TestTenant, body: object) {
  const response = await fetch(`${app.url}/api/v1/offboardings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${by.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'Joins another trust', ...body }),
  })
  return {
    status: response.status,
    body: (await response.json()) as Offboarding & { code: string },
  }
}

async function until(id: string, state: Offboarding['state']): Promise<Offboarding> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const found = await trust.client('GET /api/v1/offboardings/:id', { params: { id } })
    if (found.state === state || performance.now() > deadline) return found
    await wait(100)
  }
}

it('asks for the short name, and lets only those above let somebody go', async () => {
  const mistyped = await begin(trust, { tenantId: leaving.id, confirm: 'leaving' })
  const own = await begin(leaving, { tenantId: leaving.id, confirm: 'leaving-school' })
  const foreign = await begin(stranger, { tenantId: leaving.id, confirm: 'leaving-school' })

  expect([mistyped.status, own.status, foreign.status]).toEqual([400, 404, 404])
})

it('can be cancelled in the days of grace, and then nothing has happened', async () => {
  const { status, body } = await begin(trust, { tenantId: leaving.id, confirm: 'leaving-school' })
  const waiting = await until(body.id, 'waiting')
  const again = await begin(trust, { tenantId: leaving.id, confirm: 'leaving-school' })
  const cancelled = await trust.client('POST /api/v1/offboardings/:id/cancel', {
    params: { id: body.id },
  })

  expect(status).toBe(201)
  expect(waiting.archive?.collections).toContainEqual(
    expect.objectContaining({ name: 'users', count: 30 }),
  )
  expect(again).toMatchObject({ status: 409, body: { code: 'offboarding_under_way' } })
  expect(cancelled).toMatchObject({ state: 'cancelled', archive: null })
  const { data } = await leaving.client('GET /api/v1/users', { query: {} })
  expect(data).toHaveLength(30)
})

it('exports everything, deletes it, and certifies what can be verified without us', async () => {
  await trust.client('PATCH /api/v1/settings', {
    body: { changes: [{ key: 'organisation.dataRegion', value: 'London' }] },
  })
  await leaving.client('PATCH /api/v1/settings', {
    body: {
      changes: [{ key: 'organisation.dataProtectionContact', value: 'dpo@leaving.example' }],
    },
  })
  const { body } = await begin(trust, {
    tenantId: leaving.id,
    confirm: 'leaving-school',
    graceDays: 0,
  })
  const done = await until(body.id, 'deleted')

  expect(done.state).toBe('deleted')
  const params = { id: body.id }
  const certificate = await trust.client('GET /api/v1/offboardings/:id/certificate', { params })
  const { statement, signed, publicKey, signature } = certificate
  expect(JSON.parse(signed)).toEqual(statement)
  expect(verify(null, Buffer.from(signed), publicKey, Buffer.from(signature, 'base64url'))).toBe(
    true,
  )
  expect(statement.remaining).toBe(0)
  expect(statement).toMatchObject({
    dataRegion: 'London',
    dataProtectionContact: 'dpo@leaving.example',
  })
  expect(statement.deleted).toContainEqual({ collection: 'users', count: 30 })

  const { url } = await trust.client('POST /api/v1/offboardings/:id/archive', { params })
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
  expect(bytes).toHaveLength(statement.archive.bytes)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(statement.archive.sha256)
  const folder = mkdtempSync(join(tmpdir(), 'edpsych-off-'))
  writeFileSync(join(folder, 'a.zip'), bytes)
  const archive = await openArchive(join(folder, 'a.zip'))
  expect(archive.manifest.scope).toEqual({ kind: 'tenants', tenantIds: [leaving.id] })
  const names = archive.manifest.collections.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['auditEntries', 'staffUsers', 'users']))
  expect(names).not.toContain('apiKeys')
  expect(bytes.includes('argon2')).toBe(false)
  archive.close()
  rmSync(folder, { recursive: true })
})

it('leaves nothing of those who left, and everything of the others', async () => {
  const { db } = mongoose.connection
  for (const { name } of (await db?.listCollections().toArray()) ?? []) {
    const found = await db?.collection(name).countDocuments({ tenantId: leaving.id })
    expect(found, name).toBe(0)
  }
  expect((await staying.client('GET /api/v1/users', { query: {} })).data).toHaveLength(30)
  expect((await staying.client('GET /api/v1/people', { query: {} })).data).toHaveLength(1)
  const gone = await fetch(`${app.url}/api/v1/users`, {
    headers: { authorization: `Bearer ${leaving.key}` },
  })
  expect(gone.status).toBe(401)
})

it('hides all of it from others', async () => {
  const { data } = await trust.client('GET /api/v1/offboardings', { query: {} })
  const id = data[0]?.id ?? ''

  for (const path of [id, `${id}/certificate`]) {
    const { status } = await fetch(`${app.url}/api/v1/offboardings/${path}`, {
      headers: { authorization: `Bearer ${stranger.key}` },
    })
    expect(status).toBe(404)
  }
  expect((await stranger.client('GET /api/v1/offboardings', { query: {} })).data).toEqual([])
  expect((await fetch(`${app.url}/downloads/offboarding/forged`)).status).toBe(404)
})
