import { randomBytes, randomUUID } from 'node:crypto'
import type { Tool } from './state.ts'

export const flavourNames = ['moodle', 'canvas', 'blackboard'] as const
export type FlavourName = (typeof flavourNames)[number]

/** What a tool learns of people unless its registration says otherwise. */
export interface Shares {
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
