import type { Principal } from '../../core/tenancy.ts'
import { findTenantWithAncestors } from '../tenants/index.ts'
import { heldRights, holdsAnything } from './held-rights.ts'
import { findKey } from './key-store.ts'
import { findLiveSession } from './session-store.ts'
import { findStaff } from './staff-store.ts'

type Holder = Pick<Principal, 'kind' | 'id'> & { readonly sessionId?: string }

/** The rights that a credential or a person holds in a tenant at this moment; null where there is none any more. */
export async function currentScopes(
  tenantId: string,
  holder: Holder,
  now: Date,
): Promise<ReadonlySet<string> | null> {
  switch (holder.kind) {
    case 'api-key':
      return scopesOfKey(tenantId, holder.id, now)
    case 'staff':
      return scopesOfPerson(tenantId, holder, now)
    case 'system':
      return new Set(['*'])
    default:
      return null
  }
}

async function scopesOfKey(
  tenantId: string,
  id: string,
  now: Date,
): Promise<ReadonlySet<string> | null> {
  const key = await findKey(tenantId, id)
  if (!key || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now))
    return null
  if (key.staffUserId === null) return new Set(key.scopes)
  const held = await scopesOfPerson(tenantId, { kind: 'staff', id: key.staffUserId }, now)
  return held && new Set(key.scopes.filter((scope) => held.has(scope)))
}

async function scopesOfPerson(
  tenantId: string,
  { id, sessionId }: Holder,
  now: Date,
): Promise<ReadonlySet<string> | null> {
  const [user, found, session] = await Promise.all([
    findStaff(id),
    findTenantWithAncestors(tenantId),
    sessionId === undefined ? true : findLiveSession({ _id: sessionId }, now),
  ])
  if (!user || user.disabledAt || !found || !session) return null
  const rights = await heldRights(user.assignments, found.lineage, now)
  return holdsAnything(rights) ? rights.scopes : null
}
