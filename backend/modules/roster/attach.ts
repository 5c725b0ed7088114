import type { TenantContext } from '../../core/tenancy.ts'
import { writeRows } from './bulk.ts'
import type { IdentityRow, PersonValues } from './identity-store.ts'
import { ClassModel, type ClassRow, EnrollmentModel, type EnrollmentRow } from './store.ts'

const atOnce = 1000

/** Classes and enrolments that one source brought carry its id. */
function ofSource(sourceId: string): { readonly $gte: string; readonly $lt: string } {
  return { $gte: `${sourceId}:`, $lt: `${sourceId};` }
}

interface Ends {
  readonly from: string
  readonly to: string
}

async function repoint(ctx: TenantContext, sourceId: string, ends: Ends): Promise<void> {
  const { from, to } = ends
  const found = await EnrollmentModel.find({
    tenantId: ctx.tenantId,
    userSourcedId: from,
    sourcedId: ofSource(sourceId),
  }).lean<EnrollmentRow[]>()
  for (let at = 0; at < found.length; at += atOnce) {
    const rows = found.slice(at, at + atOnce).map(({ sourcedId, classSourcedId, role }) => ({
      method: 'upsert',
      sourcedId,
      classSourcedId,
      userSourcedId: to,
      role,
    }))
    await writeRows(ctx, 'enrollment', rows)
  }
  await repointGroups(ctx, sourceId, ends)
}

/** In groups of classes, too. */
async function repointGroups(ctx: TenantContext, sourceId: string, { from, to }: Ends) {
  const found = await ClassModel.find({
    tenantId: ctx.tenantId,
    sourcedId: ofSource(sourceId),
    'groups.memberSourcedIds': from,
  }).lean<ClassRow[]>()
  const rows = found.map(({ sourcedId, title, subjects, grades, groups = [], ...rest }) => ({
    method: 'upsert',
    sourcedId,
    title,
    subjects,
    grades,
    groups: groups.map((group) => ({
      ...group,
      memberSourcedIds: group.memberSourcedIds.map((id) => (id === from ? to : id)),
    })),
    sisClassSourcedIds: rest.sisClassSourcedIds ?? [],
  }))
  if (rows.length > 0) await writeRows(ctx, 'class', rows)
}

type Attached = Pick<IdentityRow, 'sourceId' | 'storedId'>

/** The enrolments of a source go to the person that was meant; the record of its own is no more needed. */
export async function attach(
  ctx: TenantContext,
  { sourceId, storedId }: Attached,
  personSourcedId: string,
): Promise<void> {
  await repoint(ctx, sourceId, { from: storedId, to: personSourcedId })
  await writeRows(ctx, 'user', [{ method: 'delete', sourcedId: storedId }])
}

/** The other way: a record of its own, with the enrolments that this source brought. */
export async function detach(
  ctx: TenantContext,
  identity: Attached & { readonly theirId: string; readonly values: PersonValues },
  personSourcedId: string,
): Promise<void> {
  const { sourceId, storedId, theirId, values } = identity
  const row = { method: 'upsert', sourcedId: storedId, ...namedContent(values, theirId) }
  await writeRows(ctx, 'user', [row])
  await repoint(ctx, sourceId, { from: personSourcedId, to: storedId })
}

/** A person whom the LMS does not name is told apart by the end of their id. */
export function namedContent(
  { givenName, familyName, email, role, grades }: Omit<PersonValues, 'owners'>,
  theirId: string,
) {
  return {
    givenName: givenName ?? 'Unnamed',
    familyName: familyName ?? theirId.slice(-8),
    email,
    role,
    grades: [...grades],
  }
}
