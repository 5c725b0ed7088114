import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { beforeEach, describe, expect, it } from 'vitest'
import { useTestDatabase } from '../../../tests/support/database.ts'
import { newId } from '../ids.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { DataKeyModel } from '../secrets/store.ts'
import { systemContext, type TenantContext } from '../tenancy.ts'
import { createAudit } from './audit.ts'
import { AuditCheckpointModel } from './checkpoints.ts'
import type { AuditRecord } from './definition.ts'
import { listAudit } from './list.ts'
import { recordAudit } from './record.ts'
import { AuditKeyModel } from './signing-key.ts'
import { AuditEntryModel } from './store.ts'

const database = useTestDatabase()
const secrets = createSecrets({ masterKey: randomBytes(32) })
const audit = createAudit({ secrets })
let ctx: TenantContext

beforeEach(() => {
  ctx = { ...systemContext(newId('ten'), 'test', 'req-1'), remoteAddress: '192.0.2.1' }
})

const entry: AuditRecord = {
  action: 'item.read',
  target: { type: 'item', id: 'itm_1' },
  fields: ['title', 'body'],
  purpose: 'teaching',
  result: 'success',
}

async function record(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => recordAudit(ctx, entry)))
}

const named = async () =>
  (await audit.verify(ctx.tenantId)).problems.map(({ seq, kind }) => `${seq} ${kind}`)

const at = (seq: number) => ({ tenantId: ctx.tenantId, seq })

describe('recordAudit', () => {
  it('is durable when it resolves, and says who, what, which fields, why, from where', async () => {
    await recordAudit(ctx, entry)

    const { data } = await listAudit(ctx, { limit: 10 })
    expect(data).toEqual([
      {
        id: expect.stringMatching(/^aud_/),
        seq: 1,
        at: expect.stringMatching(/Z$/),
        createdAt: data[0]?.at,
        updatedAt: data[0]?.at,
        action: 'item.read',
        actor: { kind: 'system', id: 'test' },
        target: { type: 'item', id: 'itm_1' },
        fields: ['title', 'body'],
        purpose: 'teaching',
        result: 'success',
        remoteAddress: '192.0.2.1',
        requestId: 'req-1',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
  })

  it.each([
    ['an e-mail address as target', { target: { type: 'user', id: 'ada@school.example' } }],
    ['a name as target', { target: { type: 'user', id: 'Ada Lovelace' } }],
    ['a sentence as detail', { detail: 'Ada scored three' }],
    ['a value among the fields', { fields: ['givenName: Ada'] }],
    ['a sentence as purpose', { purpose: 'because Ada asked' }],
  ])('refuses %s', (_what, change) => {
    expect(() => recordAudit(ctx, { ...entry, ...change })).toThrow(TypeError)
  })

  it('numbers a thousand parallel entries without a gap, few writes for all', async () => {
    await record(1000)

    const result = await audit.verify(ctx.tenantId)
    expect(result).toMatchObject({ ok: true, entries: 1000 })
  })

  it('keeps one chain when three processes append at once', async () => {
    const children = [1, 2].map(() =>
      fork(
        new URL('../../../tests/support/audit-writer.ts', import.meta.url),
        [database.uri, database.dbName, ctx.tenantId, '150'],
        { execArgv: ['--import', 'tsx'] },
      ),
    )
    await Promise.all(children.map((child) => once(child, 'message')))

    for (const child of children) child.send('go')
    const ended = Promise.all(children.map((child) => once(child, 'exit')))
    for (let i = 0; i < 150; i++) await recordAudit(ctx, entry)
    expect((await ended).map(([code]) => code)).toEqual([0, 0])

    expect(await audit.verify(ctx.tenantId)).toMatchObject({ ok: true, entries: 450 })
  })

  it('keeps the chains of tenants apart', async () => {
    const other = systemContext(newId('ten'), 'test')

    await Promise.all([record(3), recordAudit(other, entry)])

    expect((await listAudit(other, { limit: 10 })).data.map(({ seq }) => seq)).toEqual([1])
    expect(await audit.verify(other.tenantId)).toMatchObject({ ok: true, entries: 1 })
  })
})

describe('listAudit', () => {
  it('pages newest first and filters', async () => {
    await record(5)
    await recordAudit(ctx, { action: 'key.create', result: 'refused' })
    await recordAudit({ ...ctx, principal: { kind: 'system', id: 'other' } }, entry)

    const first = await listAudit(ctx, { limit: 4 })
    const second = await listAudit(ctx, { limit: 4, cursor: first.nextCursor ?? '' })
    const seqs = async (filter: object) =>
      (await listAudit(ctx, { limit: 50, ...filter })).data.map(({ seq }) => seq)

    expect(first.data.map(({ seq }) => seq)).toEqual([7, 6, 5, 4])
    expect(second.data.map(({ seq }) => seq)).toEqual([3, 2, 1])
    expect(second.nextCursor).toBeNull()
    expect(await seqs({ action: 'key.create' })).toEqual([6])
    expect(await seqs({ actorId: 'other' })).toEqual([7])
    expect(await seqs({ targetId: 'itm_1' })).toEqual([7, 5, 4, 3, 2, 1])
    expect(await seqs({ from: new Date(Date.now() + 60_000).toISOString() })).toEqual([])
    expect(await seqs({ to: new Date(Date.now() + 60_000).toISOString() })).toHaveLength(7)
    await expect(listAudit(ctx, { limit: 4, cursor: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid_cursor',
    })
  })
})

describe('verify', () => {
  it('names what was changed, removed or swapped in the database', async () => {
    await record(12)
    expect(await audit.checkpointAll()).toBeGreaterThan(0)

    await AuditEntryModel.collection.updateOne(at(3), { $set: { action: 'item.delete' } })
    await AuditEntryModel.collection.updateOne(at(4), { $unset: { actor: 1 } })
    await AuditEntryModel.collection.updateOne(at(5), { $set: { at: 'yesterday' } })
    await AuditEntryModel.collection.deleteOne(at(7))
    await AuditEntryModel.collection.updateOne(at(9), { $set: { seq: -1 } })
    await AuditEntryModel.collection.updateOne(at(10), { $set: { seq: 9 } })
    await AuditEntryModel.collection.updateOne(at(-1), { $set: { seq: 10 } })

    expect(await named()).toEqual([
      '3 changed',
      '4 changed',
      '5 changed',
      '7 removed',
      '9 reordered',
      '10 reordered',
    ])
  })

  it('names entries cut off the end, by the signed checkpoint', async () => {
    await record(6)
    await audit.checkpointAll()
    await AuditEntryModel.collection.deleteMany({ ...at(0), seq: { $gt: 4 } })

    expect(await named()).toEqual(['5 removed', '6 removed'])
  })

  it('does not accept a checkpoint that somebody without the key signed', async () => {
    await record(2)
    await audit.checkpointAll()
    const checkpoint = { tenantId: ctx.tenantId, no: 1 }

    await AuditCheckpointModel.collection.updateOne(checkpoint, { $set: { hash: '0'.repeat(64) } })

    expect(await named()).toEqual(['2 checkpoint'])
  })

  it('does not trust a public key put into the database', async () => {
    await record(2)
    await audit.checkpointAll()
    const stranger = createAudit({ secrets: createSecrets({ masterKey: randomBytes(32) }) })

    await expect(stranger.verify(ctx.tenantId)).rejects.toMatchObject({ code: 'secret_unreadable' })
    await AuditKeyModel.collection.updateMany({}, { $set: { publicKey: 'forged' } })
    expect(await createAudit({ secrets }).verify(ctx.tenantId)).toMatchObject({ ok: true })
  })
})

describe('checkpoints', () => {
  it('are made for tenants that grew, once, and link to each other', async () => {
    await audit.checkpointAll()
    await record(2)

    expect(await audit.checkpointAll()).toBe(1)
    expect(await audit.checkpointAll()).toBe(0)
    await record(1)
    expect(await audit.checkpointWritten()).toBe(1)

    expect(await audit.verify(ctx.tenantId)).toMatchObject({ ok: true, checkpoints: 2, entries: 3 })
  })

  it('are signed with one key however many processes make the first', async () => {
    await AuditKeyModel.deleteMany({ tenantId: 'platform' })
    await AuditCheckpointModel.deleteMany({}, { acrossTenants: 'a new key' })
    await DataKeyModel.deleteMany({}, { acrossTenants: 'a new key' })
    await record(1)
    const masterKey = randomBytes(32)
    const many = [1, 2, 3, 4].map(() => createAudit({ secrets: createSecrets({ masterKey }) }))

    const keys = await Promise.all(many.map((each) => each.publicKey()))

    expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(1)
    expect(keys[0]?.publicKey).toContain('BEGIN PUBLIC KEY')
    const stored = JSON.stringify(await AuditKeyModel.find({ tenantId: 'platform' }).lean())
    expect(stored).not.toContain('PRIVATE')
  })
})

describe('searching the trail', () => {
  const found = async (query: Partial<Parameters<typeof listAudit>[1]>) =>
    (await listAudit(ctx, { limit: 50, ...query })).data.map(({ seq }) => seq)

  beforeEach(async () => {
    await recordAudit(ctx, { ...entry, action: 'connection.create', target: at7('con_7') })
    await recordAudit(ctx, {
      ...entry,
      action: 'connection.update',
      target: at7('con_7'),
      fields: ['baseUrl'],
      changes: [{ field: 'baseUrl', before: 'https://old.example', after: 'https://new.example' }],
    })
    await recordAudit(ctx, { ...entry, action: 'settings.update', result: 'refused' })
  })
  const at7 = (id: string) => ({ type: 'connection', id })

  it('finds entries by words of actions, values, results and identifiers', async () => {
    expect(await found({ q: 'connection' })).toEqual([2, 1])
    expect(await found({ q: 'NEW example' })).toEqual([2])
    expect(await found({ q: 'con_7 create' })).toEqual([1])
    expect(await found({ q: 'refused' })).toEqual([3])
    expect(await found({ q: 'nothing' })).toEqual([])
  })

  it('finds all actions that begin alike, and the kind of their object', async () => {
    expect(await found({ action: 'connection.*' })).toEqual([2, 1])
    expect(await found({ action: 'connection.create' })).toEqual([1])
    expect(await found({ targetType: 'connection' })).toEqual([2, 1])
  })

  it('keeps to the times asked for', async () => {
    const { data } = await listAudit(ctx, { limit: 50 })
    const last = data[0]?.at

    expect(await found({ from: last })).toContain(3)
    expect(await found({ from: '2100-01-01T00:00:00Z' })).toEqual([])
    expect(await found({ to: '2000-01-01T00:00:00Z' })).toEqual([])
    expect(await found({ from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' })).toEqual([
      3, 2, 1,
    ])
  })

  it('shows before and after, which the chain covers', async () => {
    const { data } = await listAudit(ctx, { limit: 50, q: 'baseurl' })
    expect(data[0]?.changes).toEqual([
      { field: 'baseUrl', before: 'https://old.example', after: 'https://new.example' },
    ])

    await AuditEntryModel.updateOne(at(2), {
      $set: { 'changes.0.before': 'https://other.example' },
    })
    expect(await named()).toEqual(['2 changed'])
  })

  it('never finds what is of another organisation', async () => {
    const other = { ...systemContext(newId('ten'), 'test', 'req-1') }

    expect((await listAudit(other, { limit: 50, q: 'connection' })).data).toEqual([])
  })
})
