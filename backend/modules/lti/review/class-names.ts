import type { TenantContext } from '../../../core/tenancy.ts'
import type { CourseRow } from '../courses/course-store.ts'
import type { Elsewhere } from '../elsewhere.ts'
import { findPlatform } from '../platforms/platform-store.ts'
import { type Member, readMembers } from '../services/memberships.ts'
import type { ServiceDeps } from '../services/service-call.ts'

const freshMs = 5 * 60_000
const mostCourses = 200
/** A page must not wait for a slow LMS. */
const patienceMs = 8_000

/** Learners of a course by their ids; null where the LMS does not tell. */
export type ClassMembers = ReadonlyMap<string, string | null> | null

export interface ClassNames {
  /** Who learns in the course, as the LMS says; kept in memory for five minutes and nowhere else. */
  of(ctx: TenantContext, course: CourseRow): Promise<ClassMembers>
}

export function createClassNames(
  deps: ServiceDeps & {
    readonly clock: () => Date
    readonly elsewhere: Pick<Elsewhere, 'learnersOf'>
  },
): ClassNames {
  const known = new Map<string, { readonly at: number; readonly members: Promise<ClassMembers> }>()

  async function read(ctx: TenantContext, course: CourseRow): Promise<ClassMembers> {
    // Whatever is connected without LTI has no registration.
    const platform = await findPlatform(ctx, course.platformId)
    if (platform === null) return deps.elsewhere.learnersOf(ctx, course)
    if (course.membershipsUrl === null) return null
    const members = new Map<string, string | null>()
    const signal = AbortSignal.timeout(patienceMs)
    const { requestId } = ctx
    for await (const page of readMembers(deps, platform, course.membershipsUrl, {
      signal,
      requestId,
    })) {
      for (const member of page.members)
        if (isLearner(member)) members.set(member.userId, nameOf(member))
    }
    return members
  }

  return {
    async of(ctx, course) {
      const at = deps.clock().getTime()
      const found = known.get(course._id)
      if (found && at - found.at < freshMs) return found.members
      if (known.size >= mostCourses) known.clear()
      // Without names the list is still of use.
      const members = read(ctx, course).catch(() => null)
      known.set(course._id, { at, members })
      if ((await members) === null) known.delete(course._id)
      return members
    },
  }
}

function isLearner({ status, roles }: Member): boolean {
  return status === 'Active' && roles.includes('learner')
}

function nameOf({ name, givenName, familyName }: Member): string | null {
  return name ?? ([givenName, familyName].filter((part) => part !== null).join(' ') || null)
}
