import { randomBytes } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import { newId } from '../ids.ts'
import type { Secrets } from './definition.ts'
import { fingerprint, formatSealed, keyBytes, open, parseSealed, seal } from './envelope.ts'
import {
  type DataKeyRecord,
  dataKeysNotUnder,
  findDataKey,
  insertDataKey,
  newestDataKey,
  rewrapDataKey,
} from './store.ts'
import { createTokenSealer } from './token-sealer.ts'

export interface SecretsOptions {
  /** 32 bytes. */
  readonly masterKey: Buffer
  readonly clock?: () => number
}

interface DataKey {
  readonly id: string
  readonly version: number
  readonly key: Buffer
}

/** After this another process's rotation is noticed; its older key opens what was sealed meanwhile. */
const newestKnownForMs = 60_000

/** Envelope encryption: the master key wraps a data key per tenant, which seals the tenant's secrets. */
export function createSecrets({ masterKey, clock = Date.now }: SecretsOptions): Secrets {
  if (masterKey.length !== keyBytes) throw new TypeError('the master key has 32 bytes')
  let master = { key: masterKey, id: fingerprint(masterKey) }
  let masterKeys: readonly [Buffer, ...Buffer[]] = [masterKey]
  const byId = new Map<string, DataKey>()
  const newest = new Map<string, { readonly key: Promise<DataKey>; readonly until: number }>()

  function unwrap(record: DataKeyRecord): DataKey {
    const { _id, tenantId, version, masterKeyId } = record
    if (masterKeyId !== master.id) throw wrongMasterKey(masterKeyId, master.id)
    const wrapped = Buffer.from(record.wrapped, 'base64')
    const key = { id: _id, version, key: openKey(master.key, wrapped, [tenantId, _id]) }
    byId.set(`${tenantId}/${_id}`, key)
    return key
  }

  function wrap(key: Buffer, tenantId: string, id: string, by = master) {
    return {
      wrapped: seal(by.key, key, [tenantId, id]).toString('base64'),
      masterKeyId: by.id,
    }
  }

  /** Ends with the one key of this version, whoever made it. */
  async function makeKey(tenantId: string, version: number): Promise<DataKey> {
    const id = newId('dk', clock())
    const record: DataKeyRecord = {
      _id: id,
      tenantId,
      version,
      ...wrap(randomBytes(keyBytes), tenantId, id),
      createdAt: new Date(clock()),
    }
    if (await insertDataKey(record)) return unwrap(record)
    const theirs = await newestDataKey(tenantId)
    if (!theirs) throw new AppError('secret_unreadable', 'The data key vanished while it was made')
    return unwrap(theirs)
  }

  function newestKey(tenantId: string): Promise<DataKey> {
    const known = newest.get(tenantId)
    if (known && known.until > clock()) return known.key
    return remember(tenantId, loadNewest(tenantId))
  }

  async function loadNewest(tenantId: string): Promise<DataKey> {
    const record = await newestDataKey(tenantId)
    if (!record) return await makeKey(tenantId, 1)
    return byId.get(`${tenantId}/${record._id}`) ?? unwrap(record)
  }

  function remember(tenantId: string, key: Promise<DataKey>): Promise<DataKey> {
    newest.set(tenantId, { key, until: clock() + newestKnownForMs })
    // A failure is not worth remembering; whoever awaits the key hears of it.
    key.catch(() => newest.delete(tenantId))
    return key
  }

  async function keyOf(tenantId: string, id: string): Promise<DataKey> {
    const known = byId.get(`${tenantId}/${id}`)
    if (known) return known
    const record = await findDataKey(tenantId, id)
    if (!record) {
      throw new AppError('secret_unreadable', `Data key ${id} of this tenant does not exist`)
    }
    return unwrap(record)
  }

  const secrets: Secrets = {
    async encrypt({ tenantId }, field, plaintext) {
      const { id, key } = await newestKey(tenantId)
      const bytes = seal(key, Buffer.from(plaintext, 'utf8'), [tenantId, field, id])
      return formatSealed({ keyId: id, bytes })
    },

    async decrypt({ tenantId }, field, sealed) {
      const { keyId, bytes } = parseSealed(sealed)
      const { key } = await keyOf(tenantId, keyId)
      return openSecret(key, bytes, [tenantId, field, keyId]).toString('utf8')
    },

    async reseal(ctx, field, sealed) {
      const { id } = await newestKey(ctx.tenantId)
      if (parseSealed(sealed).keyId === id) return sealed
      return await secrets.encrypt(ctx, field, await secrets.decrypt(ctx, field, sealed))
    },

    tokenSealer: (purpose) => createTokenSealer(purpose, () => masterKeys),

    async rotateTenantKey({ tenantId }) {
      const { version } = await loadNewest(tenantId)
      await remember(tenantId, makeKey(tenantId, version + 1))
    },

    async rotateMasterKey(newMasterKey) {
      if (newMasterKey.length !== keyBytes) throw new TypeError('the master key has 32 bytes')
      const next = { key: newMasterKey, id: fingerprint(newMasterKey) }
      const records = await dataKeysNotUnder(next.id)
      for (const record of records) {
        const { key } = unwrap(record)
        await rewrapDataKey(record, wrap(key, record.tenantId, record._id, next))
      }
      master = next
      masterKeys = [next.key, masterKeys[0]]
      return records.length
    },

    async check() {
      const [foreign] = await dataKeysNotUnder(master.id)
      if (foreign) throw wrongMasterKey(foreign.masterKeyId, master.id)
    },
  }
  return secrets
}

function wrongMasterKey(wanted: string, given: string): AppError {
  return new AppError(
    'secret_unreadable',
    `The stored secrets belong to master key ${wanted}, this process was given ${given}: start it with the EDPSYCH_MASTER_KEY (or master.key file) that was used before`,
  )
}

function openKey(key: Buffer, wrapped: Buffer, bound: readonly string[]): Buffer {
  try {
    return open(key, wrapped, bound)
  } catch (cause) {
    throw new AppError('secret_unreadable', 'A stored data key was changed or is damaged', {
      cause,
    })
  }
}

function openSecret(key: Buffer, bytes: Buffer, bound: readonly string[]): Buffer {
  try {
    return open(key, bytes, bound)
  } catch (cause) {
    throw new AppError(
      'secret_unreadable',
      'A stored secret was changed, is damaged or belongs to another tenant or field',
      { cause },
    )
  }
}
