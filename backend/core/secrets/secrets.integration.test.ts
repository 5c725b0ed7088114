import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { useTestDatabase } from '../../../tests/support/database.ts'
import { newId } from '../ids.ts'
import { createSecrets } from './secrets.ts'
import { DataKeyModel } from './store.ts'

useTestDatabase()

const masterKey = randomBytes(32)
const field = 'lti.platform.plt_1.key'
let ctx: { tenantId: string }
const unreadable = expect.objectContaining({ code: 'secret_unreadable' })

beforeEach(async () => {
  await DataKeyModel.deleteMany({}, { acrossTenants: 'a clean start' })
  ctx = { tenantId: newId('ten') }
})

describe('encrypt and decrypt', () => {
  it('gives back what was sealed, and never the same bytes twice', async () => {
    const secrets = createSecrets({ masterKey })

    const one = await secrets.encrypt(ctx, field, 'pä$$ – 🔑')
    const two = await secrets.encrypt(ctx, field, 'pä$$ – 🔑')

    expect(one).not.toBe(two)
    expect(one).toMatch(/^es1\.dk_[0-9a-z]{26}\.[\w-]+$/)
    expect(await secrets.decrypt(ctx, field, one)).toBe('pä$$ – 🔑')
    expect(await createSecrets({ masterKey }).decrypt(ctx, field, two)).toBe('pä$$ – 🔑')
    expect(await secrets.decrypt(ctx, field, await secrets.encrypt(ctx, field, ''))).toBe('')
  })

  it('does not open for another field, another tenant or with a changed byte', async () => {
    const secrets = createSecrets({ masterKey })
    const sealed = await secrets.encrypt(ctx, field, 'secret')
    const other = { tenantId: newId('ten') }
    await secrets.encrypt(other, field, 'theirs')
    const changed = sealed.slice(0, -3) + (sealed.endsWith('AAA') ? 'BBB' : 'AAA')

    await expect(secrets.decrypt(ctx, 'another.field', sealed)).rejects.toThrow(unreadable)
    await expect(secrets.decrypt(other, field, sealed)).rejects.toThrow(unreadable)
    await expect(secrets.decrypt(ctx, field, changed)).rejects.toThrow(unreadable)
    for (const nonsense of ['', 'secret', 'es1.dk_1', 'es2.dk_1.AAAA', `${sealed}.x`]) {
      await expect(secrets.decrypt(ctx, field, nonsense)).rejects.toThrow(unreadable)
    }
  })

  it('keeps nothing in the database that opens a secret without the master key', async () => {
    const secrets = createSecrets({ masterKey })
    const sealed = await secrets.encrypt(ctx, field, 'secret')

    const stored = JSON.stringify(await DataKeyModel.find({ tenantId: ctx.tenantId }).lean())

    expect(stored).not.toContain(masterKey.toString('base64'))
    await expect(
      createSecrets({ masterKey: randomBytes(32) }).decrypt(ctx, field, sealed),
    ).rejects.toThrow(unreadable)
  })

  it('ends with one data key when twenty processes make the first at once', async () => {
    const processes = Array.from({ length: 20 }, () => createSecrets({ masterKey }))

    const sealed = await Promise.all(processes.map((each) => each.encrypt(ctx, field, 'x')))

    expect(await DataKeyModel.countDocuments({ tenantId: ctx.tenantId })).toBe(1)
    for (const text of sealed) expect(await processes[0]?.decrypt(ctx, field, text)).toBe('x')
  })
})

describe('rotation of a tenant key', () => {
  it('seals with the new key, still opens the old, and reseals only what is old', async () => {
    const secrets = createSecrets({ masterKey })
    const old = await secrets.encrypt(ctx, field, 'x')

    await secrets.rotateTenantKey(ctx)
    const fresh = await secrets.encrypt(ctx, field, 'y')
    const resealed = await secrets.reseal(ctx, field, old)

    expect(keyOf(fresh)).not.toBe(keyOf(old))
    expect(keyOf(resealed)).toBe(keyOf(fresh))
    expect(await secrets.decrypt(ctx, field, old)).toBe('x')
    expect(await secrets.decrypt(ctx, field, resealed)).toBe('x')
    expect(await secrets.reseal(ctx, field, fresh)).toBe(fresh)
  })

  it('reaches other processes within a minute, and what they sealed meanwhile opens', async () => {
    const clock = { now: Date.now() }
    const here = createSecrets({ masterKey })
    const there = createSecrets({ masterKey, clock: () => clock.now })
    const first = await there.encrypt(ctx, field, 'x')
    await here.rotateTenantKey(ctx)

    const meanwhile = await there.encrypt(ctx, field, 'x')
    clock.now += 61_000
    const later = await there.encrypt(ctx, field, 'x')

    expect(keyOf(meanwhile)).toBe(keyOf(first))
    expect(keyOf(later)).not.toBe(keyOf(first))
    expect(await here.decrypt(ctx, field, meanwhile)).toBe('x')
  })

  it('makes one key when two processes rotate at once', async () => {
    const [one, two] = [createSecrets({ masterKey }), createSecrets({ masterKey })]
    await one.encrypt(ctx, field, 'x')

    await Promise.all([one.rotateTenantKey(ctx), two.rotateTenantKey(ctx)])

    const versions = await DataKeyModel.find({ tenantId: ctx.tenantId }).lean()
    expect(new Set(versions.map(({ version }) => version)).size).toBe(versions.length)
    expect(await one.decrypt(ctx, field, await two.encrypt(ctx, field, 'y'))).toBe('y')
  })
})

describe('rotation of the master key', () => {
  it('wraps all data keys anew and goes on where it was interrupted', async () => {
    const next = randomBytes(32)
    const secrets = createSecrets({ masterKey })
    const tenants = [1, 2, 3].map(() => ({ tenantId: newId('ten') }))
    const sealed = await Promise.all(tenants.map((each) => secrets.encrypt(each, field, 'x')))

    expect(await secrets.rotateMasterKey(next)).toBe(3)
    expect(await createSecrets({ masterKey }).rotateMasterKey(next)).toBe(0)

    const after = createSecrets({ masterKey: next })
    await after.check()
    for (const [i, tenant] of tenants.entries()) {
      expect(await after.decrypt(tenant, field, sealed[i] ?? '')).toBe('x')
      expect(await secrets.decrypt(tenant, field, sealed[i] ?? '')).toBe('x')
    }
    expect(await secrets.encrypt({ tenantId: newId('ten') }, field, 'new')).toContain('es1.')
    await after.check()
  })
})

describe('a wrong master key', () => {
  it('is named in one sentence, at the start and at use', async () => {
    const sealed = await createSecrets({ masterKey }).encrypt(ctx, field, 'x')
    const wrong = createSecrets({ masterKey: randomBytes(32) })

    await createSecrets({ masterKey }).check()
    for (const attempt of [
      () => wrong.check(),
      () => wrong.decrypt(ctx, field, sealed),
      () => wrong.encrypt(ctx, field, 'y'),
      () => wrong.rotateMasterKey(randomBytes(32)),
    ]) {
      await expect(attempt()).rejects.toThrow(
        /belong to master key [0-9a-f]{16}.*EDPSYCH_MASTER_KEY/,
      )
    }
  })

  it('finds a data key that was changed in the database', async () => {
    const sealed = await createSecrets({ masterKey }).encrypt(ctx, field, 'x')
    await DataKeyModel.updateOne(
      { tenantId: ctx.tenantId },
      { $set: { wrapped: randomBytes(60).toString('base64') } },
    )

    await expect(createSecrets({ masterKey }).decrypt(ctx, field, sealed)).rejects.toThrow(
      /data key was changed/,
    )
  })
})

function keyOf(sealed: string): string | undefined {
  return sealed.split('.')[1]
}
