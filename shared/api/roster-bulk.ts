import { z } from 'zod'
import { Id, type Route } from './contract.ts'

const sourcedId = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .meta({ description: 'Identifier in the system the record comes from; it never changes' })
const shortText = z.string().trim().min(1).max(200)
const grades = z.array(z.string().max(50)).max(50).meta({ description: 'Year groups' })
const role = z.enum(['student', 'teacher'])

export const RosterUserFields = z.object({
  sourcedId,
  givenName: shortText,
  familyName: shortText,
  email: z.string().trim().toLowerCase().max(320).nullable(),
  role,
  grades,
})

export const RosterUserBody = RosterUserFields.extend({
  email: RosterUserFields.shape.email.optional(),
  grades: grades.default([]),
})

const subjects = z.array(z.string().max(100)).max(50)

/** People of a class who work together, as the LMS has put them. */
export const ClassGroup = z.object({
  sourcedId,
  title: shortText,
  set: z.string().trim().max(200).nullable().meta({
    description: 'What the LMS gathers groups under: group set, grouping; null: nothing',
  }),
  memberSourcedIds: z.array(sourcedId).max(5000),
})
export type ClassGroup = z.output<typeof ClassGroup>

const groups = z.array(ClassGroup).max(500)

const sisClassSourcedIds = z.array(sourcedId).max(100).meta({
  description: 'Of a course in a learning platform: the classes of the student record system in it',
})

export const RosterClassFields = z.object({
  sourcedId,
  title: shortText,
  subjects,
  grades,
  groups,
  sisClassSourcedIds,
})

export const RosterClassBody = RosterClassFields.extend({
  subjects: subjects.default([]),
  grades: grades.default([]),
  groups: groups.default([]),
  sisClassSourcedIds: sisClassSourcedIds.default([]),
})

export const EnrollmentBody = z.object({
  sourcedId,
  classSourcedId: sourcedId,
  userSourcedId: sourcedId,
  role,
})

const upsert = { method: z.literal('upsert') }
const Removal = z.object({ method: z.literal('delete'), sourcedId })

/** One row of a bulk write: the whole record, or the removal of one. */
export const UserOperation = z.discriminatedUnion('method', [
  RosterUserBody.extend(upsert),
  Removal,
])
export const ClassOperation = z.discriminatedUnion('method', [
  RosterClassBody.extend(upsert),
  Removal,
])
export const EnrollmentOperation = z.discriminatedUnion('method', [
  EnrollmentBody.extend(upsert),
  Removal,
])

export const RowProblem = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z
    .array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() }))
    .optional(),
})
export type RowProblem = z.output<typeof RowProblem>

const Counted = z.number().int()

export const BulkAnswer = z.object({
  results: z.array(
    z.object({
      index: Counted.meta({ description: 'Position of the operation in the request, from 0' }),
      sourcedId: z.string().nullable(),
      id: Id.nullable(),
      status: z.enum(['created', 'updated', 'unchanged', 'deleted', 'failed']),
      enrollmentsDeleted: Counted.optional().meta({
        description: 'Enrolments that went with a removed person or class',
      }),
      problem: RowProblem.optional(),
    }),
  ),
  counts: z.object({
    created: Counted,
    updated: Counted,
    unchanged: Counted,
    deleted: Counted,
    failed: Counted,
    enrollmentsDeleted: Counted,
  }),
})
export type BulkAnswer = z.output<typeof BulkAnswer>
export type BulkRow = BulkAnswer['results'][number]

/** A bulk write of one collection: rows stand for themselves, a row that is not valid fails alone. */
export function bulkRoute<Operation extends z.ZodType>(what: string, operation: Operation) {
  const { $schema: _, ...schema } = z.toJSONSchema(operation, { io: 'input' })
  return {
    summary: `Add, change and remove up to 1,000 ${what} at once`,
    description:
      'Answers one result per operation, in order. A row that is not valid or names what does not exist fails alone; the others are written. Sending the same again changes nothing.',
    access: 'tenant',
    scope: 'roster.write',
    body: z.object({
      operations: z
        // Parsed row by row by the handler, so that one bad row is not the end of all.
        .array(z.custom<z.input<Operation>>().meta(schema))
        .min(1)
        .max(1000),
    }),
    response: BulkAnswer,
  } as const satisfies Route
}
