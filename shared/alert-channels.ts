/** The ways in which people are told of problems. */
export const alertChannels = ['email', 'webhook', 'teams', 'slack', 'in-app'] as const
export type AlertChannel = (typeof alertChannels)[number]
