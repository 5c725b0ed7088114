export const connectionStates = [
  'draft',
  'testing',
  'active',
  'degraded',
  'action-needed',
  'paused',
  'disabled',
] as const
export type ConnectionState = (typeof connectionStates)[number]

export const connectionHealthStates = ['ok', 'degraded', 'failing', 'unknown'] as const
export type ConnectionHealthState = (typeof connectionHealthStates)[number]

export const connectorKinds = ['lms', 'sis', 'content', 'assessment'] as const

/** In these states a connection is used and watched. */
export const workingStates = ['active', 'degraded', 'action-needed'] as const
