import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Lms } from './lms.ts'
import { people } from './school.ts'
import type { Tool } from './state.ts'

export const flavourNames = ['moodle', 'canvas', 'blackboard'] as const
export type FlavourName = (typeof flavourNames)[number]

/** What a tool learns of people unless its registration says otherwise. */
interface Shares {
  readonly names: boolean
  readonly email: boolean
}

/** Where real platforms differ from each other although all follow the standard. */
export interface Flavour {
  readonly name: FlavourName
  readonly productFamily: string
  readonly shares: Shares
  /** The named frame that keeps data for tools; null: only with the setting, in the page itself. */
  readonly storageFrame: string | null
  /** Whether the storage target of the login comes again with the launch. */
  readonly repeatsStorageTarget: boolean
  /** Whether the ids of people are numbers that anybody may guess, or opaque. */
  readonly hasOpaqueSubjects: boolean
  readonly hasShortRosterRoles: boolean
  deploymentId(toolId: string): string
  /** Parameters of the login beyond the standard's. */
  loginExtras(tool: Tool): Record<string, string>
  /** Claims beyond the standard's. */
  claims(): Record<string, unknown>
}

const everything: Shares = { names: true, email: true }

export const flavours: Readonly<Record<FlavourName, Flavour>> = {
  moodle: {
    name: 'moodle',
    productFamily: 'moodle',
    shares: everything,
    storageFrame: null,
    repeatsStorageTarget: true,
    hasOpaqueSubjects: false,
    hasShortRosterRoles: true,
    deploymentId: (toolId) => toolId,
    loginExtras: () => ({}),
    claims: () => ({}),
  },
  canvas: {
    name: 'canvas',
    productFamily: 'canvas',
    // Its privacy level is anonymous until somebody changes it.
    shares: { names: false, email: false },
    storageFrame: 'post_message_forwarding',
    repeatsStorageTarget: true,
    hasOpaqueSubjects: true,
    hasShortRosterRoles: false,
    deploymentId: (toolId) => `${toolId}:${randomBytes(20).toString('hex')}`,
    loginExtras: ({ deploymentId }) => ({
      deployment_id: deploymentId,
      canvas_region: 'eu-west-1',
      canvas_environment: 'prod',
    }),
    claims: () => ({ 'https://www.instructure.com/placement': 'assignment_selection' }),
  },
  blackboard: {
    name: 'blackboard',
    productFamily: 'BlackboardLearn',
    shares: everything,
    storageFrame: 'lti_storage_frame',
    repeatsStorageTarget: false,
    hasOpaqueSubjects: true,
    hasShortRosterRoles: false,
    deploymentId: () => randomUUID(),
    loginExtras: () => ({}),
    claims: () => ({
      'https://blackboard.com/lti/claim/one_time_session_token':
        randomBytes(24).toString('base64url'),
    }),
  },
}

/** What this tool learns of people here. */
export function sharesOf({ flavour }: Pick<Lms, 'flavour'>, tool: Tool): Shares {
  return tool.shares ?? flavour.shares
}

/** A person's id as tools see it. */
export function subjectOf(
  { flavour, baseUrl }: Pick<Lms, 'flavour' | 'baseUrl'>,
  userId: string,
): string {
  if (!flavour.hasOpaqueSubjects) return userId
  const hex = createHash('sha256').update(`${baseUrl} ${userId}`).digest('hex')
  return [8, 4, 4, 4, 12]
    .map((length, part) => {
      const from = [0, 8, 12, 16, 20][part] ?? 0
      return hex.slice(from, from + length)
    })
    .join('-')
}

/** The person a tool means; what is nobody's stays as it is. */
export function userOfSubject(lms: Pick<Lms, 'flavour' | 'baseUrl'>, subject: string): string {
  return people.find(({ id }) => subjectOf(lms, id) === subject)?.id ?? subject
}

/** The frame that tools may keep data with; null where the platform offers none. */
export function storageTarget({ flavour, state }: Pick<Lms, 'flavour' | 'state'>): string | null {
  return flavour.storageFrame ?? (state.settings.platformStorage ? '_parent' : null)
}
