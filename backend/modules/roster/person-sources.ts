import type { PersonSources } from '../../../shared/api/roster.ts'
import { recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { type FieldOwnership, resolveFields } from './field-owners.ts'
import { enteredHere, sayingOf } from './identify.ts'
import { findIdentities } from './identity-store.ts'
import { findRecord } from './records.ts'
import type { UserRow } from './store.ts'

/** What each connected system says of a person; that it was read is in the audit trail. */
export async function readPersonSources(
  ctx: TenantContext,
  id: string,
  ownership: FieldOwnership,
): Promise<PersonSources> {
  // Asked for as a person.
  const row = (await findRecord(ctx, 'user', id)) as UserRow
  const identities = await findIdentities(ctx, { personSourcedId: row.sourcedId })
  const said = identities.map(sayingOf)
  const [first, ...rest] = said.some(({ isOwn }) => isOwn) ? said : [enteredHere(row), ...said]
  const { owners } = resolveFields([first ?? enteredHere(row), ...rest], ownership)
  await recordAudit(ctx, {
    action: 'roster.user.read',
    target: { type: 'roster.user', id },
    fields: ['givenName', 'familyName', 'email'],
    result: 'success',
  })
  return {
    fieldOwners: owners,
    sources: identities.map(({ sourceId, sourceKind, theirId, values, updatedAt }) => ({
      sourceId,
      sourceKind,
      theirId,
      values: {
        givenName: values.givenName,
        familyName: values.familyName,
        email: values.email,
      },
      updatedAt: updatedAt.toISOString(),
    })),
  }
}
