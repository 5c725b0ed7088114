import type { Connection, Connector } from '../../shared/api/connections.ts'
import type { FormField, FormValues, SecretState } from '../connector-form/form-field.ts'

const plain = { help: '', required: false, secret: false } as const

const everyChoices = [
  { value: '15', label: 'Every 15 minutes' },
  { value: '60', label: 'Every hour' },
  { value: '360', label: 'Every 6 hours' },
  { value: '1440', label: 'Once a day' },
  { value: '10080', label: 'Once a week' },
  { value: 'never', label: 'Only when somebody asks for it' },
]

const prefixed = (fields: readonly FormField[], prefix: string, group: string): FormField[] =>
  fields.map((field) => ({ ...field, name: `${prefix}/${field.name}`, group }))

/** The settings of a connection: its name, what its connector asks for, how often it fetches. */
export function settingFields(connector: Connector): readonly FormField[] {
  const pulls = connector.capabilities.some((name) => name.endsWith('.pull'))
  return [
    {
      ...plain,
      name: 'name',
      group: 'About this connection',
      label: 'Name',
      help: 'As your colleagues will know it.',
      type: 'text',
      required: true,
    },
    ...prefixed(connector.config, 'config', 'Settings'),
    ...(pulls
      ? [
          {
            ...plain,
            name: 'sync/everyMinutes',
            group: 'Settings',
            label: 'Fetch news',
            type: 'choice' as const,
            default: '1440',
            choices: everyChoices,
          },
        ]
      : []),
  ]
}

/** What the other system wants to see before it answers. */
export function credentialFields(connector: Connector): readonly FormField[] {
  if (connector.credentials.length === 0) return []
  return [
    ...prefixed(connector.credentials, 'credentials', 'Credentials'),
    {
      ...plain,
      name: 'credentialsExpireAt',
      group: 'Credentials',
      label: 'They expire on',
      help: 'If the other system ends them on a date: you are reminded 30, 7 and 1 days before.',
      type: 'date',
    },
  ]
}

export interface ConnectionInput {
  readonly name: string
  readonly config: Record<string, unknown>
  readonly credentials: Record<string, unknown>
  readonly credentialsExpireAt: string | null
  readonly sync: { readonly everyMinutes: number | null }
}

/** What the form holds, as the API takes it. */
export function inputOf(values: FormValues): ConnectionInput {
  const config: Record<string, unknown> = {}
  const credentials: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(values)) {
    const [part = '', field] = path.split('/')
    if (field === undefined) continue
    if (part === 'config') config[field] = value
    else if (part === 'credentials') credentials[field] = value
  }
  const every = Number(values['sync/everyMinutes'])
  const expires = values['credentialsExpireAt']
  return {
    name: String(values['name'] ?? ''),
    config,
    credentials,
    credentialsExpireAt:
      typeof expires === 'string' ? new Date(`${expires}T00:00:00Z`).toISOString() : null,
    sync: { everyMinutes: Number.isFinite(every) ? every : null },
  }
}

/** What a connection holds, as the form shows it; secrets are not among it. */
export function valuesOf(connection: Connection): Record<string, unknown> {
  return {
    name: connection.name,
    ...Object.fromEntries(
      Object.entries(connection.config).map(([field, value]) => [`config/${field}`, value]),
    ),
    'sync/everyMinutes': String(connection.sync.everyMinutes ?? 'never'),
    ...(connection.credentialsExpireAt
      ? { credentialsExpireAt: connection.credentialsExpireAt.slice(0, 10) }
      : {}),
  }
}

export function secretsOf({ credentials }: Connection): SecretState {
  return Object.fromEntries(
    Object.entries(credentials).map(([field, kept]) => [`credentials/${field}`, kept]),
  )
}
