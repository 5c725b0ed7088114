import type { RoleName } from '../../shared/scopes.ts'

/** One letter for each role, so that the table below can be read. */
export const roleLetters: Readonly<Record<RoleName, string>> = {
  'platform-admin': 'P',
  'trust-admin': 'T',
  'school-admin': 'S',
  dpo: 'D',
  'integration-operator': 'O',
  developer: 'V',
  teacher: 'L',
  'sandbox-developer': 'X',
  auditor: 'A',
  support: 'H',
}

/**
 * Who holds which right, as agreed with the people who run schools and not as the code says:
 * a right that is given or taken by accident fails against this table.
 */
export const roleMatrix: Readonly<Record<string, string>> = {
  'items.read': 'PTSOVLXAH',
  'items.write': 'PTSLX',
  'attempts.read': 'PTSLX',
  'attempts.write': 'PTSLX',
  'resources.read': 'PTSOVLXAH',
  'resources.write': 'PTSLX',
  'embeds.read': 'PTSVLXA',
  'embeds.write': 'PTSVLX',
  'lti.read': 'PTSOVXAH',
  'lti.write': 'PTSO',
  'lti.launch': '',
  'lti.deep-link': '',
  'roster.read': 'PTSDLX',
  'roster.write': 'PTSX',
  'keys.read': 'PTSVXA',
  'keys.write': 'PTSVX',
  'oauth.read': 'PTSVXA',
  'oauth.write': 'PTSVX',
  'audit.read': 'PTSDXA',
  'usage.read': 'PTSVXA',
  'jobs.read': 'PTSOXAH',
  'jobs.write': 'PTSO',
  'tenants.read': 'PTSDOVLXAH',
  'tenants.write': 'PTS',
  'settings.read': 'PTSDOXA',
  'settings.write': 'PTSX',
  'webhooks.read': 'PTSOVXA',
  'webhooks.write': 'PTSOVX',
  'events.read': 'PTSOVXA',
  'people.read': 'PTSDXA',
  'people.write': 'PTS',
  'connections.read': 'PTSOVXAH',
  'connections.write': 'PTSOX',
  'connections.secrets': 'PTSOX',
  'problems.read': 'PTSOVXAH',
  'syncs.write': 'PTSOX',
  'problems.write': 'PTSOX',
  'alerts.read': 'PTSOXA',
  'alerts.write': 'PTSOX',
  'sandbox.read': 'PTSVXA',
  'sandbox.write': 'PTSVX',
}
