/** Every right a credential can hold, with the sentence an administrator reads. */
export const scopes = {
  'items.read': 'See assessment items (never their answer keys)',
  'items.write': 'Import and delete assessment items',
  'attempts.read': 'See attempts and their scores',
  'attempts.write': 'Start and submit attempts',
  'grades.read': 'See grades, gradebook columns and where each grade is',
  'grades.write': 'Correct grades, send them again and change gradebook columns',
  'resources.read': 'Search and open library resources',
  'resources.write': 'Add, change and delete library resources',
  'paths.read': 'See and open learning paths',
  'paths.write': 'Make, change and delete learning paths',
  'embeds.read': 'See embed snippets',
  'embeds.write': 'Create and withdraw embed snippets',
  'lti.read': 'See LMS registrations and grade deliveries',
  'lti.write': 'Register, change and remove LMSs',
  'lti.launch': 'Act inside the launch it was made for',
  'lti.deep-link': 'Answer a deep-linking request',
  'lti.review': 'See and correct results in the course of a launch',
  'lti.results': 'See the results of the course a launch came from',
  'roster.read': 'See people and classes',
  'roster.write': 'Add, change and remove people and classes',
  'keys.read': 'See API keys (never the key itself)',
  'keys.write': 'Create and revoke API keys',
  'oauth.read': 'See OAuth applications, approvals and consents',
  'oauth.write': 'Register OAuth applications, approve what they ask for, withdraw consents',
  'audit.read': 'Read and verify the audit trail',
  'usage.read': 'See rate limits, counts of API calls and the log of requests',
  'jobs.read': 'See background jobs',
  'jobs.write': 'Cancel and retry background jobs',
  'tenants.read': 'See the organisation and its schools',
  'tenants.write': 'Add and change schools',
  'settings.read': 'See settings and where each comes from',
  'settings.write': 'Change settings of the organisation',
  'webhooks.read': 'See webhook endpoints and their deliveries (never the secrets)',
  'webhooks.write': 'Create, change, test and replay webhooks',
  'events.read': 'Read the events of this organisation',
  'people.read': 'See staff accounts and their roles',
  'people.write': 'Invite staff, change roles, sign people out',
  'sso.read': 'See identity providers, e-mail domains and linked accounts (never the secrets)',
  'sso.write': 'Change how staff sign in',
  'connections.read': 'See connections to other systems and their log (never the secrets)',
  'connections.write': 'Add, change, pause and delete connections',
  'syncs.write': 'Start, cancel and confirm synchronisations of connections',
  'connections.secrets': 'Set credentials of connections and authorise them',
  'problems.read': 'See problems of connections and what was tried by itself',
  'problems.write': 'Acknowledge, resolve and reopen problems',
  'alerts.read': 'See alerts, their rules, ways and silences',
  'alerts.write': 'Change rules, ways and silences of alerts',
  'sandbox.read': 'See sandboxes, what their inspector received and certification reports',
  'sandbox.write': 'Create, reset and delete sandboxes, and set their faults and clock',
} as const

export type Scope = keyof typeof scopes

/** An OAuth application gets these only after an administrator's recorded approval: they open personal data. */
export const sensitiveScopes: readonly Scope[] = [
  'roster.read',
  'roster.write',
  'attempts.read',
  'grades.read',
  'grades.write',
  'people.read',
  'people.write',
  'audit.read',
  'sso.write',
]

export const allScopes = Object.keys(scopes) as readonly Scope[]

const everythingRead = allScopes.filter((scope) => scope.endsWith('.read'))
/** Only launches hold these; no key and no person does. */
export const launchOnly: readonly Scope[] = [
  'lti.launch',
  'lti.deep-link',
  'lti.review',
  'lti.results',
]
/** What an auditor reads is what staff and systems did, not how learners do. */
const aboutLearners: readonly Scope[] = ['attempts.read', 'grades.read', 'roster.read']
const outsideSandbox: readonly Scope[] = [
  'sso.read',
  'sso.write',
  'people.write',
  'tenants.write',
  'lti.write',
  'jobs.write',
]
const everything = allScopes.filter((scope) => !launchOnly.includes(scope))

/** The staff roles of design §4 and what each may do. */
export const roles = {
  'platform-admin': { label: 'Platform administrator', scopes: everything },
  'trust-admin': { label: 'Trust administrator', scopes: everything },
  'school-admin': { label: 'School administrator', scopes: everything },
  dpo: {
    label: 'Data protection officer',
    scopes: [
      'audit.read',
      'people.read',
      'sso.read',
      'tenants.read',
      'roster.read',
      'settings.read',
    ],
  },
  'integration-operator': {
    label: 'Integration operator',
    scopes: [
      'connections.read',
      'connections.write',
      'connections.secrets',
      'syncs.write',
      'problems.read',
      'problems.write',
      'alerts.read',
      'alerts.write',
      'lti.read',
      'lti.write',
      'items.read',
      'resources.read',
      'paths.read',
      'jobs.read',
      'jobs.write',
      'tenants.read',
      'settings.read',
      'webhooks.read',
      'webhooks.write',
      'events.read',
    ],
  },
  developer: {
    label: 'Developer',
    scopes: [
      'connections.read',
      'problems.read',
      'keys.read',
      'keys.write',
      'oauth.read',
      'oauth.write',
      'items.read',
      'resources.read',
      'paths.read',
      'embeds.read',
      'embeds.write',
      'lti.read',
      'tenants.read',
      'sandbox.read',
      'sandbox.write',
      'webhooks.read',
      'webhooks.write',
      'events.read',
      'usage.read',
    ],
  },
  teacher: {
    label: 'Teacher',
    scopes: [
      'items.read',
      'items.write',
      'attempts.read',
      'attempts.write',
      'grades.read',
      'grades.write',
      'resources.read',
      'resources.write',
      'paths.read',
      'paths.write',
      'embeds.read',
      'embeds.write',
      'roster.read',
      'tenants.read',
    ],
  },
  // Everything that touches only the synthetic data of one sandbox: never staff accounts or LMS
  // registrations, whose addresses and deployments are unique across the installation.
  'sandbox-developer': {
    label: 'Developer of a sandbox',
    scopes: everything.filter((scope) => !outsideSandbox.includes(scope)),
  },
  auditor: {
    label: 'Auditor',
    scopes: everythingRead.filter((scope) => !aboutLearners.includes(scope)),
  },
  support: {
    label: 'Support (time-boxed)',
    scopes: [
      'connections.read',
      'problems.read',
      'lti.read',
      'items.read',
      'resources.read',
      'paths.read',
      'jobs.read',
      'tenants.read',
    ],
  },
} as const satisfies Record<string, { label: string; scopes: readonly Scope[] }>

export type RoleName = keyof typeof roles
export const roleNames = Object.keys(roles) as [RoleName, ...RoleName[]]
