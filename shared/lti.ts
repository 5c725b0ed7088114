import { z } from 'zod'

/** The reduced set of roles a launch can grant; anything else grants nothing. */
export const ltiRoles = [
  'learner',
  'instructor',
  'teaching-assistant',
  'content-developer',
  'administrator',
  'mentor',
  'observer',
] as const
export const LtiRole = z.enum(ltiRoles)
export type LtiRole = z.output<typeof LtiRole>

/** What a link in a course can open. */
export const targetKinds = ['item', 'resource', 'path', 'dashboard'] as const
export type TargetKind = (typeof targetKinds)[number]

/** The dashboards there are; each shows the course it is opened from. */
export const dashboards = { 'course-results': 'Course results' } as const

/** What a launch or an embed opens: one object, work to review (an item or an attempt), or the front door where nothing is chosen yet. */
export const LaunchTarget = z.object({
  kind: z.enum([...targetKinds, 'chooser', 'review', 'none']),
  id: z.string().nullable(),
})
export type LaunchTarget = z.output<typeof LaunchTarget>

/** What the page inside the frame may know of its launch. */
export const Launch = z.object({
  messageType: z.enum([
    'LtiResourceLinkRequest',
    'LtiDeepLinkingRequest',
    'LtiSubmissionReviewRequest',
    'EdPsychEmbed',
  ]),
  user: z.object({ id: z.string(), roles: z.array(LtiRole) }),
  target: LaunchTarget,
  context: z
    .object({ id: z.string(), title: z.string().optional(), label: z.string().optional() })
    .nullable(),
  resourceLink: z.object({ id: z.string(), title: z.string().optional() }).nullable(),
  /** Present when the launch may send a score to the platform. */
  lineItem: z.object({ present: z.boolean() }),
  deepLinking: z
    .object({
      acceptMultiple: z.boolean(),
      acceptTypes: z.array(z.string()),
      acceptLineItem: z.boolean(),
      /** Where content may be shown; absent in launches of before. */
      acceptTargets: z.array(z.string()).optional(),
      title: z.string().optional(),
      text: z.string().optional(),
    })
    .nullable(),
  /** Origin that frame messages (resize) are sent to; null where none is known. */
  platformOrigin: z.string().nullable(),
  /** Told to a teacher at the first launch in a copied course, or of a link copied within its course. */
  copy: z
    .object({
      of: z.enum(['course', 'link']),
      from: z.string().nullable().meta({ description: 'Title of the course it came from' }),
    })
    .optional(),
  locale: z.string().nullable(),
  returnUrl: z.string().nullable(),
})
export type Launch = z.output<typeof Launch>

export const SessionBody = z.object({ code: z.string().min(1).max(200) })

export const SessionGrant = z.object({
  token: z.string(),
  expiresAt: z.iso.datetime(),
  launch: Launch,
  stylesheetUrl: z.string().nullable().optional().meta({
    description: 'Colours of the organisation, where it has its own',
  }),
})
export type SessionGrant = z.output<typeof SessionGrant>

/** Path of the tool's front door; every target link lies at or below it. */
export const frontDoorPath = '/lti'
const targetFolders: Readonly<Record<TargetKind, string>> = {
  item: 'items',
  resource: 'resources',
  path: 'paths',
  dashboard: 'dashboards',
}

/** The LTI target link URI of one object. */
export function launchUrl(publicUrl: string, kind: TargetKind, id: string): string {
  return `${publicUrl}${frontDoorPath}/${targetFolders[kind]}/${encodeURIComponent(id)}`
}

/** Where an LMS opens what a learner handed in. */
export function submissionUrl(publicUrl: string, attemptId: string): string {
  return `${publicUrl}${frontDoorPath}/submissions/${encodeURIComponent(attemptId)}`
}

/** The attempt that a path of `submissionUrl` names. */
export function submissionOfPath(path: string): string | undefined {
  return /^\/lti\/submissions\/([A-Za-z0-9_-]{1,64})\/?$/.exec(path)?.[1]
}

/** What a path below the front door names; undefined for the front door itself. */
export function targetOfPath(path: string): { kind: TargetKind; id: string } | undefined {
  const [, folder, id] = /^\/lti\/([a-z]+)\/([A-Za-z0-9_-]{1,64})\/?$/.exec(path) ?? []
  const kind = targetKinds.find((one) => targetFolders[one] === folder)
  return kind === undefined || id === undefined ? undefined : { kind, id }
}
