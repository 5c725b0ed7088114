import type { ClassRecord } from '../../connector-kit/index.ts'
import { findTaughtClasses, resolveClass } from '../roster/index.ts'
import type { Plan } from './plan.ts'
import type { KeptRecord } from './records.ts'
import type { Taking } from './taking.ts'

/** The plans of an LMS's classes with what the student record system says of those that are taught in them. */
export async function withTaughtClasses(
  { ctx, run, deps }: Taking,
  records: ReadonlyMap<string, KeptRecord>,
  plans: readonly Plan[],
): Promise<readonly Plan[]> {
  const identifiersOf = ({ write }: Plan): readonly string[] =>
    // Classes come with records of classes only.
    (records.get(write.sourcedId) as ClassRecord | undefined)?.sisIdentifiers ?? []
  const found = await findTaughtClasses(ctx, [...new Set(plans.flatMap(identifiersOf))])
  if (found.size === 0) return plans
  const { title: owner } = await deps.ownershipOf(run.tenantId)
  return plans.map((plan) => {
    const named = [...new Set(identifiersOf(plan))].flatMap((id) => found.get(id) ?? [])
    if (plan.row === null || named.length === 0) return plan
    const { title, subjects = [], grades = [] } = records.get(plan.write.sourcedId) as ClassRecord
    return {
      ...plan,
      row: { ...plan.row, ...resolveClass({ title, subjects, grades }, named, owner) },
    }
  })
}
