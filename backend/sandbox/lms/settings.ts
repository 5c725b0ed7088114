import { Refusal } from './refusal.ts'

/** How this LMS behaves where real ones differ; the defaults are Moodle's. */
export interface Settings {
  platformStorage: boolean
  loginByGet: boolean
  acceptMultiple: boolean
  acceptLineItem: boolean
  acceptWebLinks: boolean
  membershipsClaim: boolean
  accessTokenSeconds: number
  pageSize: number
}

interface SettingDescription {
  readonly key: keyof Settings
  readonly label: string
  readonly explanation: string
  readonly min?: number
  readonly max?: number
}

/** Every setting in the order of the page. */
export const settingDescriptions: readonly SettingDescription[] = [
  {
    key: 'platformStorage',
    label: 'Platform storage',
    explanation:
      'Offers lti.put_data, lti.get_data and lti.frameResize to the frame. Canvas does, Moodle does not.',
  },
  {
    key: 'loginByGet',
    label: 'Start logins with GET',
    explanation: 'Off: the browser posts a form, as from Moodle. On: it follows a redirect.',
  },
  {
    key: 'acceptMultiple',
    label: 'Several items at once',
    explanation: 'A teacher may bring back more than one item from the tool.',
  },
  {
    key: 'acceptLineItem',
    label: 'Gradebook columns from the tool',
    explanation: 'An item may bring its own column; off, the column is left out.',
  },
  {
    key: 'acceptWebLinks',
    label: 'Plain web links',
    explanation: 'Besides launches, the tool may also return plain links.',
  },
  {
    key: 'membershipsClaim',
    label: 'Names and roles service',
    explanation: 'Launches tell the tool where to read the course’s members.',
  },
  {
    key: 'accessTokenSeconds',
    label: 'Access token lifetime',
    explanation: 'Seconds before a tool must ask for a new access token.',
    min: 1,
    max: 3600,
  },
  {
    key: 'pageSize',
    label: 'Page size of the services',
    explanation: 'Line items, results or members in one answer before there is a next page.',
    min: 1,
    max: 200,
  },
]

/** The settings of a new installation. */
export function defaultSettings(): Settings {
  return {
    platformStorage: false,
    loginByGet: false,
    acceptMultiple: true,
    acceptLineItem: true,
    acceptWebLinks: false,
    membershipsClaim: true,
    accessTokenSeconds: 300,
    pageSize: 50,
  }
}

/** The settings after a change; keys that are absent keep their value, unknown ones are refused. */
export function changeSettings(
  settings: Settings,
  change: Readonly<Record<string, unknown>>,
): Settings {
  const next: Record<string, unknown> = { ...settings }
  for (const [key, value] of Object.entries(change)) {
    const description = settingDescriptions.find((candidate) => candidate.key === key)
    if (!description) {
      throw new Refusal(400, 'unknown_setting', `There is no setting named “${key}”.`)
    }
    if (!fits(description, value)) {
      throw new Refusal(400, 'bad_setting', `“${key}” cannot be ${JSON.stringify(value)}.`)
    }
    next[key] = value
  }
  // Every key of the table was checked against its kind, and `next` began as a complete set.
  return next as unknown as Settings
}

function fits({ min, max }: SettingDescription, value: unknown): boolean {
  if (min === undefined || max === undefined) return typeof value === 'boolean'
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}
