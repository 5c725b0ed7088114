import type { AlertChannel } from '../../shared/alert-channels.ts'
import type { Alert } from '../../shared/api/alerts.ts'

export const channelNames: Readonly<Record<AlertChannel, string>> = {
  'in-app': 'In the administration',
  email: 'E-mail',
  teams: 'Microsoft Teams',
  slack: 'Slack',
  webhook: 'Webhook',
}

export const kindNames: Readonly<Record<Alert['kind'], string>> = {
  problem: 'A problem',
  update: 'More of the same',
  resolved: 'All clear',
  escalation: 'Nobody has acted yet',
  digest: 'Summary of the day',
}

export const heldNames: Readonly<Record<NonNullable<Alert['heldBecause']>, string>> = {
  'quiet-hours': 'because of quiet hours',
  silence: 'because of a silence',
  digest: 'for the summary of the day',
}

export const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
