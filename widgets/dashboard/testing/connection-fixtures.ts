import type { Connection, Connector } from '../../../shared/api/connections.ts'
import type { LiveSource } from '../live-source.ts'

const at = '2026-11-23T09:00:00.000Z'

/** A Moodle as the catalogue describes it. */
export const moodle: Connector = {
  id: 'moodle',
  name: 'Moodle',
  kind: 'lms',
  summary: 'Courses and people of a Moodle.',
  capabilities: ['courses.pull', 'webhook.receive'],
  signIn: 'credentials',
  config: [
    {
      name: 'url',
      label: 'Address of your Moodle',
      help: 'As in the address bar.',
      type: 'url',
      required: true,
      secret: false,
    },
  ],
  credentials: [
    { name: 'token', label: 'Token', help: '', type: 'secret', required: true, secret: true },
  ],
  syntheticTests: [],
  guide: '/developers/connectors/moodle',
}

/** A system that wants a person to agree. */
export const canvas: Connector = {
  ...moodle,
  id: 'canvas',
  name: 'Canvas',
  summary: 'Courses of a Canvas.',
  signIn: 'oauth',
}

/** A connection in use and in good health. */
export const ourMoodle: Connection = {
  id: 'con_1',
  tenantId: 'ten_1',
  connectorId: 'moodle',
  kind: 'lms',
  name: 'Our Moodle',
  state: 'active',
  stateReason: null,
  health: { state: 'ok', since: at, checkedAt: at, latencyMs: 42, code: null, message: null },
  config: { url: 'https://moodle.example' },
  configVersion: 2,
  credentials: { token: { set: true, changedAt: at } },
  credentialsExpireAt: null,
  authorisation: null,
  capabilities: ['courses.pull', 'webhook.receive'],
  addresses: [{ title: 'Where it can send news', url: 'https://edpsych.example/hooks/con_1' }],
  sync: {
    everyMinutes: 1440,
    last: {
      runId: 'syn_1',
      status: 'succeeded',
      endedAt: at,
      counts: { users: { seen: 1200, created: 3 }, classes: { seen: 60 } },
    },
    nextAt: '2027-01-01T03:00:00.000Z',
  },
  openProblems: 0,
  deletedAt: null,
  createdAt: at,
  updatedAt: at,
}

/** A source of live news that a test speaks through. */
export function handedNews(): { source: LiveSource; tell(message: object): void; gap(): void } {
  const listeners: { hear(message: unknown): void; gap(): void }[] = []
  return {
    source: (_topic, hear, { onGap }) => {
      listeners.push({ hear, gap: onGap })
    },
    tell(message) {
      for (const { hear } of listeners) hear(message)
    },
    gap() {
      for (const listener of listeners) listener.gap()
    },
  }
}
