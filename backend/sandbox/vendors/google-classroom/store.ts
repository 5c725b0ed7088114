import { z } from 'zod'
import type { Vendor } from '../vendor.ts'

const Day = z.object({ year: z.number(), month: z.number(), day: z.number() })
const Time = z.object({ hours: z.number().optional(), minutes: z.number().optional() })

const Item = z.object({
  id: z.string(),
  courseId: z.string(),
  kind: z.enum(['courseWork', 'announcements', 'courseWorkMaterials']),
  title: z.string(),
  description: z.string().optional(),
  state: z.enum(['DRAFT', 'PUBLISHED']),
  workType: z.string().optional(),
  maxPoints: z.number().optional(),
  dueDate: Day.optional(),
  dueTime: Time.optional(),
  topicId: z.string().optional(),
  scheduledTime: z.string().optional(),
  materials: z.array(z.unknown()).optional(),
  creatorUserId: z.string(),
  /** The OAuth client of the project that made it; null: somebody in Classroom itself. */
  project: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
})
export type Item = z.output<typeof Item>

const Submission = z.object({
  state: z.enum(['CREATED', 'TURNED_IN', 'RETURNED', 'RECLAIMED_BY_STUDENT']),
  draftGrade: z.number().optional(),
  assignedGrade: z.number().optional(),
  updatedAt: z.number(),
})
export type Submission = z.output<typeof Submission>

const View = z.object({ uri: z.string() })
const Attachment = z.object({
  id: z.string(),
  courseId: z.string(),
  itemId: z.string(),
  title: z.string(),
  teacherViewUri: View,
  studentViewUri: View,
  studentWorkReviewUri: View.optional(),
  maxPoints: z.number().optional(),
  dueDate: Day.optional(),
  dueTime: Time.optional(),
  project: z.string(),
})
export type Attachment = z.output<typeof Attachment>

const Registration = z.object({
  registrationId: z.string(),
  feedType: z.string(),
  courseId: z.string().nullable(),
  topicName: z.string(),
  expiresAt: z.number(),
  userId: z.string(),
})
export type Registration = z.output<typeof Registration>

const Store = z.object({
  nextNumber: z.number().int(),
  items: z.record(z.string(), Item),
  /** By the identifier of the submission. */
  submissions: z.record(z.string(), Submission),
  attachments: z.record(z.string(), Attachment),
  /** Points of an attachment, by `attachment/submission`. */
  points: z.record(z.string(), z.number()),
  registrations: z.record(z.string(), Registration),
  /** What a person has allowed a client so far, by `client user`. */
  granted: z.record(z.string(), z.array(z.string())),
  /** Tokens that Classroom gave to the frames of the add-on. */
  addOnTokens: z.record(
    z.string(),
    z.object({
      courseId: z.string(),
      itemId: z.string(),
      userId: z.string(),
      expiresAt: z.number(),
    }),
  ),
  /** The page of an add-on that attaches something; empty where none is installed. */
  setupUri: z.string().default(''),
  subscription: z.object({
    pushEndpoint: z.string(),
    audience: z.string(),
    serviceAccountEmail: z.string(),
  }),
  /** Whether the domain lets applications read guardians. */
  guardiansAllowed: z.boolean(),
})
export type ClassroomStore = z.output<typeof Store>

function emptyStore(): ClassroomStore {
  return {
    nextNumber: 1,
    items: {},
    submissions: {},
    attachments: {},
    points: {},
    registrations: {},
    granted: {},
    addOnTokens: {},
    setupUri: '',
    subscription: { pushEndpoint: '', audience: '', serviceAccountEmail: '' },
    guardiansAllowed: true,
  }
}

const read = new WeakSet<object>()

/** What people and applications made here; a part of the vendor's state, so that a snapshot holds it. */
export function storeOf({ state }: Pick<Vendor, 'state'>): ClassroomStore {
  const { own } = state
  // It was read, or made, as such.
  if (typeof own === 'object' && own !== null && read.has(own)) return own as ClassroomStore
  const store = Store.safeParse(own).data ?? emptyStore()
  read.add(store)
  state.own = store
  return store
}

export function nextNumber(store: ClassroomStore): number {
  const number = store.nextNumber
  store.nextNumber += 1
  return number
}
