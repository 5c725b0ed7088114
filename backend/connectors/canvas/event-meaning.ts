import { z } from 'zod'
import type { SourceChangeKind } from '../../connector-kit/index.ts'

/** Local and global numbers are both in use: a global one is the shard times ten million million, plus the local one. */
const shardSize = 10_000_000_000_000n

const Id = z
  .union([z.string().regex(/^\d{1,19}$/), z.int().min(1)])
  .transform((id) => String(BigInt(id) % shardSize))
  .optional()
  .catch(undefined)

const Body = z
  .object({
    course_id: Id,
    enrollment_id: Id,
    course_section_id: Id,
    user_id: Id,
    group_id: Id,
    group_membership_id: Id,
    group_category_id: Id,
    assignment_id: Id,
    assignment_override_id: Id,
    submission_id: Id,
    context_type: z.string().optional().catch(undefined),
    context_id: Id,
    workflow_state: z.string().optional().catch(undefined),
  })
  .partial()

const Context = z.object({
  context_type: z.string().optional().catch(undefined),
  context_id: Id,
})

export interface EventMeaning {
  readonly capability: 'courses' | 'grades'
  readonly change: SourceChangeKind
  readonly courseId?: string
  readonly entity?: string
}

type Body = z.output<typeof Body>

interface Kind {
  readonly name: RegExp
  readonly capability: EventMeaning['capability']
  readonly change: SourceChangeKind
  /** What tells one thing of the kind from another. */
  readonly of: readonly (keyof Body)[]
}

/** What changes courses, who is in them, what is set there, and how it was graded. */
const kinds: readonly Kind[] = [
  {
    name: /^course_(created|updated)$/,
    capability: 'courses',
    change: 'course',
    of: ['course_id'],
  },
  {
    name: /^course_section_(created|updated)$/,
    capability: 'courses',
    change: 'course',
    of: ['course_section_id'],
  },
  {
    name: /^enrollment(_state)?_(created|updated)$/,
    capability: 'courses',
    change: 'members',
    of: ['enrollment_id'],
  },
  {
    name: /^group_membership_(created|updated)$/,
    capability: 'courses',
    change: 'members',
    of: ['group_membership_id'],
  },
  {
    name: /^group(_category)?_(created|updated)$/,
    capability: 'courses',
    change: 'members',
    of: ['group_id', 'group_category_id'],
  },
  {
    name: /^user_(created|updated)$/,
    capability: 'courses',
    change: 'people',
    of: ['user_id'],
  },
  {
    name: /^assignment(_override)?_(created|updated)$/,
    capability: 'courses',
    change: 'assignments',
    of: ['assignment_override_id', 'assignment_id'],
  },
  {
    name: /^(grade_change|grade_override|course_grade_change)$/,
    capability: 'grades',
    change: 'grades',
    of: ['submission_id', 'course_id', 'user_id'],
  },
]

/** What an event means here; null where it is of no interest. */
export function meaningOf(name: string, metadata: unknown, given: unknown): EventMeaning | null {
  const kind = kinds.find((one) => one.name.test(name))
  if (!kind) return null
  const body: Body = Body.safeParse(given).data ?? {}
  const courseId = courseOf(name, body, Context.safeParse(metadata).data)
  const { capability } = kind
  // Canvas has no event for it: a deleted course is one that was updated to be so.
  const isDeleted = kind.change === 'course' && name.startsWith('course_updated')
  const isCourseGone = isDeleted && body.workflow_state === 'deleted'
  const change = isCourseGone ? 'course-deleted' : kind.change
  const facts = kind.of.flatMap((field) => (body[field] ? [`${field}:${body[field]}`] : []))
  return {
    capability,
    change,
    // People may be in any course, and one that is gone can be told from the whole list alone.
    ...(courseId && change !== 'people' && !isCourseGone && { courseId }),
    ...(facts.length > 0 && { entity: `${kind.change} ${facts.join(' ')}` }),
  }
}

function courseOf(
  name: string,
  body: Body,
  metadata: z.output<typeof Context> | undefined,
): string | undefined {
  if (body.course_id) return body.course_id
  if (body.context_type === 'Course' && body.context_id) return body.context_id
  // Enrolment states are worked out in the background, in whatever context that runs.
  if (name.startsWith('enrollment_state')) return undefined
  return metadata?.context_type === 'Course' ? metadata.context_id : undefined
}
