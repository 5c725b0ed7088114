import { z } from 'zod'
import { scope } from '../claim-names.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { readPages } from './read-pages.ts'
import type { ServiceDeps } from './service-call.ts'

const id = z.union([z.string().min(1), z.number()]).transform(String)
const name = z.string().catch('')
const Groups = z.object({
  groups: z
    .array(z.object({ id, name, set_id: id.nullish(), tag: z.string().nullish() }))
    .default([]),
})
const Sets = z.object({ sets: z.array(z.object({ id, name })).default([]) })

/** LTI Course Groups 1.0: a group of a course. */
export interface CourseGroup {
  readonly id: string
  readonly name: string
  readonly setId: string | null
}

export interface CourseGroups {
  readonly sets: { readonly id: string; readonly name: string }[]
  readonly groups: CourseGroup[]
}

/** All groups and, where the LMS offers them, the sets they belong to. */
export async function readGroups(
  deps: ServiceDeps,
  platform: PlatformRow,
  from: {
    readonly groupsUrl: string
    readonly groupSetsUrl: string | null
    readonly requestId: string
  },
): Promise<CourseGroups> {
  const common = { scopes: [scope.groups], purpose: 'lti.groups', requestId: from.requestId }
  const groups: CourseGroup[] = []
  const groupPages = readPages(deps, platform, {
    ...common,
    url: from.groupsUrl,
    what: 'the groups of the course',
    accept: 'application/vnd.ims.lti-gs.v1.contextgroupcontainer+json',
  })
  for await (const { body } of groupPages) {
    const page = Groups.parse(body).groups
    groups.push(
      ...page.map((group) => ({ id: group.id, name: group.name, setId: group.set_id ?? null })),
    )
  }
  if (from.groupSetsUrl === null) return { sets: [], groups }
  const sets: { id: string; name: string }[] = []
  const setPages = readPages(deps, platform, {
    ...common,
    url: from.groupSetsUrl,
    what: 'the sets of groups of the course',
    accept: 'application/vnd.ims.lti-gs.v1.contextgroupsetcontainer+json',
  })
  for await (const { body } of setPages) sets.push(...Sets.parse(body).sets)
  return { sets, groups }
}
