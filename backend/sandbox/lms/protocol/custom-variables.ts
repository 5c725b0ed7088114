import type { Faults } from '../faults.ts'
import { type Course, fullName, type Person } from '../school.ts'
import type { ResourceLink } from '../state.ts'

interface Surroundings {
  readonly course: Course
  readonly who: Person
  readonly link: ResourceLink
  readonly faults: Faults
}

/** Custom parameters with their variables filled in (LTI 1.3 §B); an unknown `$Name` stays as it is. */
export function substitute(
  custom: Readonly<Record<string, string>>,
  { course, who, link, faults }: Surroundings,
): Record<string, string> {
  // A map: a value such as `constructor` must not be found on a prototype.
  const known = new Map(
    Object.entries({
      '$User.id': who.id,
      ...(faults.noNames ? {} : { '$Person.name.full': fullName(who) }),
      ...(faults.noEmail ? {} : { '$Person.email.primary': who.email }),
      '$Context.id': course.id,
      '$Context.label': course.label,
      '$Context.title': course.title,
      '$ResourceLink.id': link.id,
      '$ResourceLink.title': link.title,
      '$Context.id.history': idList(link.copiedFrom?.courseIds),
      '$ResourceLink.id.history': idList(link.copiedFrom?.linkIds),
    }),
  )
  return Object.fromEntries(
    Object.entries(custom).map(([name, value]) => [name, known.get(value) ?? value]),
  )
}

/** Ids by commas, each encoded; empty for what was never copied. */
function idList(ids: readonly string[] = []): string {
  return ids.map(encodeURIComponent).join(',')
}
