import { z } from 'zod'

export const folder = '/classroom'
export const views = ['discovery', 'teacher', 'student', 'review', 'work', 'publish'] as const
export type ViewName = (typeof views)[number]

const Id = z.string().regex(/^[\w-]{1,64}$/)
const GoogleId = z.string().regex(/^[\w-]{1,100}$/)
const Opaque = z.string().min(1).max(2_000)

/** What Classroom, or our own link, says about the place that is opened. */
export const Visit = z.object({
  view: z.enum(views),
  /** Our id of what is opened. */
  work: Id.optional(),
  courseId: GoogleId.optional(),
  itemId: GoogleId.optional(),
  itemType: z.enum(['courseWork', 'announcements', 'courseWorkMaterials']).optional(),
  attachmentId: GoogleId.optional(),
  submissionId: GoogleId.optional(),
  addOnToken: Opaque.optional(),
  login_hint: z.string().max(320).optional(),
  /** Asked for in a window of its own, which closes when it is done. */
  popup: z.literal('yes').optional(),
})
export type Visit = z.output<typeof Visit>

export const callbackUrl = (publicUrl: string): string => `${publicUrl}${folder}/callback`

export function viewUrl(
  publicUrl: string,
  connectionId: string,
  view: ViewName,
  work?: string,
): string {
  const base = `${publicUrl}${folder}/${encodeURIComponent(connectionId)}/${view}`
  return work === undefined ? base : `${base}?work=${encodeURIComponent(work)}`
}

/** The page that signs in for a visit, with everything that is known of it. */
export function signInUrl(connectionId: string, visit: Partial<Visit>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(visit)) if (value !== undefined) query.set(name, value)
  return `${folder}/${encodeURIComponent(connectionId)}/sign-in?${query}`
}
