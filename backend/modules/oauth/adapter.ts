import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import { metadataOf } from './client-metadata.ts'
import { findAnyClient } from './client-store.ts'
import type { OAuthDeps } from './deps.ts'
import { endGrant } from './grants.ts'
import {
  consumePayload,
  deletePayload,
  deletePayloadsOfGrant,
  findPayload,
  type PayloadRow,
  payloadId,
  putPayload,
  seeOnce,
} from './payload-store.ts'

/** Where a client may be remembered longest; grants and the rest say themselves. */
const longestSeconds = 400 * 86_400

/** The provider's storage: one collection for all of its models, clients from ours. */
export function createAdapter({ now }: Pick<OAuthDeps, 'now'>): (model: string) => Adapter {
  return (model) => (model === 'Client' ? clientAdapter() : payloadAdapter(model, now))
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** The id is in no row; whoever asks for a row brings it. */
function restore(row: PayloadRow | null, jti?: string): AdapterPayload | undefined {
  if (!row) return undefined
  return {
    ...row.payload,
    ...(jti !== undefined && { jti }),
    ...(row.consumed !== null && { consumed: row.consumed }),
  }
}

function payloadAdapter(model: string, now: () => Date): Adapter {
  return {
    async upsert(id, payload, expiresIn) {
      const { jti: _jti, consumed: _consumed, ...rest } = payload
      const expiresAt = new Date(now().getTime() + (expiresIn || longestSeconds) * 1000)
      const _id = payloadId(model, id)
      if (model === 'ReplayDetection') {
        // Of two parallel requests with one proof, the second must not pass.
        if (!(await seeOnce(model, id, expiresAt))) throw new errors.InvalidGrant('replayed')
        return
      }
      await putPayload({
        _id,
        model,
        payload: rest,
        grantId: model === 'Grant' ? null : textOf(payload.grantId),
        uid: model === 'Session' ? textOf(payload.uid) : null,
        userCode: textOf(payload.userCode),
        expiresAt,
      })
    },
    async find(id) {
      return restore(await findPayload({ _id: payloadId(model, id) }, now()), id)
    },
    async findByUid(uid) {
      return restore(await findPayload({ uid }, now()))
    },
    async findByUserCode(userCode) {
      return restore(await findPayload({ userCode }, now()))
    },
    async consume(id) {
      // The provider looked before; of parallel callers only one gets past here.
      if (!(await consumePayload(payloadId(model, id), now()))) {
        throw new errors.InvalidGrant('already used')
      }
    },
    async destroy(id) {
      if (model === 'Grant') await endGrant(id)
      else await deletePayload(payloadId(model, id))
    },
    async revokeByGrantId(grantId) {
      await deletePayloadsOfGrant(grantId)
    },
  }
}

function clientAdapter(): Adapter {
  const notHere = async () => {
    throw new TypeError('clients are written through the API alone')
  }
  return {
    async find(id) {
      const client = await findAnyClient(id)
      return client && client.disabledAt === null ? metadataOf(client) : undefined
    },
    upsert: notHere,
    consume: notHere,
    destroy: notHere,
    revokeByGrantId: notHere,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
  }
}
