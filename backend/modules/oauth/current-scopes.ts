import { rightsOfPerson } from '../auth/index.ts'
import { withheldOf } from './approvals.ts'
import { findAnyClient } from './client-store.ts'
import { findConsentsFor } from './consent-store.ts'

/** The rights that an application holds in a tenant at this moment, by itself or for a person; null where it has none any more. */
export async function scopesOfApplication(
  tenantId: string,
  { id, userId }: { readonly id: string; readonly userId?: string | undefined },
  now: Date,
): Promise<ReadonlySet<string> | null> {
  const client = await findAnyClient(id)
  if (!client || client.disabledAt) return null
  const withheld = await withheldOf({ tenantId }, id, client.scopes)
  const usable = client.scopes.filter((scope) => !withheld.includes(scope))
  if (userId === undefined) return client.tenantId === tenantId ? new Set(usable) : null
  const [consents, rights] = await Promise.all([
    findConsentsFor(userId, id, now),
    rightsOfPerson(userId, tenantId, now),
  ])
  const consent = consents.find((row) => row.tenantId === tenantId)
  if (!consent) return null
  return new Set(
    usable.filter((scope) => consent.scopes.includes(scope) && rights.scopes.has(scope)),
  )
}
