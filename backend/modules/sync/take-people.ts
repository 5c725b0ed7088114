import type { UserRecord } from '../../connector-kit/index.ts'
import { identifyPeople, personsOf, type SourcePerson } from '../roster/index.ts'
import { membersOf, renamed } from './group-members.ts'
import { isOfLms, type KeptKind } from './kinds.ts'
import type { Plan } from './plan.ts'
import type { KeptRecord } from './records.ts'
import { storedIdOf } from './records.ts'
import type { Taking } from './taking.ts'
import { withTaughtClasses } from './taught-classes.ts'

type Records = ReadonlyMap<string, KeptRecord>

/** The plans of a page with the people whom the roster knows already in the place of strangers. */
export async function withPeople(
  taking: Taking,
  kind: KeptKind,
  records: Records,
  plans: readonly Plan[],
): Promise<readonly Plan[]> {
  if (kind === 'users') return asPeople(taking, records, plans)
  if (!isOfLms(taking.run)) return plans
  if (kind === 'enrollments') return ofPeople(taking, plans)
  if (kind !== 'classes') return plans
  return withMembers(taking, await withTaughtClasses(taking, records, plans))
}

async function asPeople(
  { ctx, run, deps }: Taking,
  records: Records,
  plans: readonly Plan[],
): Promise<readonly Plan[]> {
  const people: SourcePerson[] = []
  for (const { write, row } of plans) {
    // Users come with records of users only, whose row says what they are.
    const record = records.get(write.sourcedId) as UserRecord | undefined
    if (!row || !record) continue
    people.push({
      theirId: write.sourcedId,
      storedId: storedIdOf(run, write.sourcedId),
      identifier: record.identifier ?? null,
      givenName: record.givenName || null,
      familyName: record.familyName || null,
      email: record.email?.toLowerCase() || null,
      role: row['role'] === 'teacher' ? 'teacher' : 'student',
      grades: record.grades ?? [],
    })
  }
  if (people.length === 0) return plans
  const source = { id: run.connectionId, kind: isOfLms(run) ? 'lms' : 'sis' } as const
  const ownership = await deps.ownershipOf(run.tenantId)
  const identified = await identifyPeople(ctx, source, people, ownership)
  return plans.map((plan) => {
    const person = plan.row && identified.get(plan.write.storedId)
    if (!person) return plan
    const { personSourcedId, content } = person
    return { ...plan, row: { method: 'upsert', sourcedId: personSourcedId, ...content } }
  })
}

/** Members of groups of a class, where the roster knows them by another name. */
async function withMembers({ ctx, run }: Taking, plans: readonly Plan[]): Promise<readonly Plan[]> {
  const named = plans.flatMap(({ row }) => membersOf(row ?? {}))
  if (named.length === 0) return plans
  const persons = await personsOf(ctx, run.connectionId, [...new Set(named)])
  return plans.map((plan) => (plan.row ? { ...plan, row: renamed(plan.row, persons) } : plan))
}

async function ofPeople({ ctx, run }: Taking, plans: readonly Plan[]): Promise<readonly Plan[]> {
  const userOf = ({ row }: Plan) => row?.['userSourcedId']
  const named = plans.map(userOf).filter((id) => typeof id === 'string')
  const persons = await personsOf(ctx, run.connectionId, [...new Set(named)])
  return plans.map((plan) => {
    const person = persons.get(String(userOf(plan)))
    return plan.row && person ? { ...plan, row: { ...plan.row, userSourcedId: person } } : plan
  })
}
