import type { Group } from './command.ts'

interface GroupEntry {
  readonly summary: string
  load(): Promise<Group>
}

/** Loaded one at a time: a command should not wait for the code of the others. */
export const groups: Readonly<Record<string, GroupEntry>> = {
  bootstrap: {
    summary: 'Make an organisation, its administrator and an API key',
    load: async () => (await import('./bootstrap.ts')).bootstrap,
  },
  items: {
    summary: 'Import assessment items',
    load: async () => (await import('./items.ts')).items,
  },
  tenants: {
    summary: 'List and add organisations',
    load: async () => (await import('./tenants.ts')).tenants,
  },
  keys: {
    summary: 'List, create, rotate and revoke API keys',
    load: async () => (await import('./keys.ts')).keys,
  },
  'oauth-clients': {
    summary: 'List, register, approve and disable OAuth applications',
    load: async () => (await import('./oauth-clients.ts')).oauthClients,
  },
  admin: {
    summary: 'Help staff back into their accounts',
    load: async () => (await import('./admin.ts')).admin,
  },
  jobs: { summary: 'See background jobs', load: async () => (await import('./jobs.ts')).jobs },
  lti: { summary: 'Rotate signing keys', load: async () => (await import('./lti.ts')).lti },
  audit: {
    summary: 'Verify the audit trail',
    load: async () => (await import('./audit.ts')).audit,
  },
  connections: {
    summary: 'List, test, export and import connections to other systems',
    load: async () => (await import('./connections.ts')).connections,
  },
  connector: {
    summary: 'Start a new connector',
    load: async () => (await import('./connector.ts')).connector,
  },
  db: {
    summary: 'Export and import the database',
    load: async () => (await import('./db.ts')).db,
  },
}
