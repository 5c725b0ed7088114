import { Refusal } from './refusal.ts'

/** `true` until switched off, or the number of requests it still applies to. */
export type Lasting = boolean | number

export interface Faults {
  expiredToken: boolean
  replay: boolean
  wrongDeployment: boolean
  wrongAudience: boolean
  missingNonce: boolean
  unpublishedKey: boolean
  platformError: boolean
  unknownRoles: boolean
  noNames: boolean
  noEmail: boolean
  anonymous: boolean
  slowJwksMs: number
  tokenDown: Lasting
  scores409: Lasting
  scores429: Lasting
  scores503: Lasting
  retryAfterSeconds: number
  htmlErrors: boolean
}

export type FaultKey = keyof Faults

interface FaultDescription {
  readonly key: FaultKey
  readonly kind: 'switch' | 'lasting' | 'number'
  readonly label: string
  readonly explanation: string
  /** Largest number that makes sense, for `number`. */
  readonly max?: number
}

interface FaultGroup {
  readonly title: string
  readonly faults: readonly FaultDescription[]
}

/** Every fault in the order of the page, with the one line that explains it. */
export const faultGroups: readonly FaultGroup[] = [
  {
    title: 'Launch message',
    faults: [
      {
        key: 'expiredToken',
        kind: 'switch',
        label: 'Expired token',
        explanation: 'The id_token was issued two hours ago and ran out a minute later.',
      },
      {
        key: 'replay',
        kind: 'switch',
        label: 'Replay',
        explanation: 'The browser submits the same id_token and state a second time.',
      },
      {
        key: 'wrongDeployment',
        kind: 'switch',
        label: 'Wrong deployment',
        explanation: 'The launch names a deployment that the tool was never told about.',
      },
      {
        key: 'wrongAudience',
        kind: 'switch',
        label: 'Wrong audience',
        explanation: 'The id_token is addressed to some other tool’s client id.',
      },
      {
        key: 'missingNonce',
        kind: 'switch',
        label: 'Missing nonce',
        explanation: 'The id_token leaves out the nonce the tool asked for.',
      },
      {
        key: 'unpublishedKey',
        kind: 'switch',
        label: 'Unpublished key',
        explanation: 'The id_token is signed with a key that the keyset does not contain.',
      },
      {
        key: 'platformError',
        kind: 'switch',
        label: 'Platform error',
        explanation: 'Instead of an id_token the tool receives error=login_required.',
      },
      {
        key: 'unknownRoles',
        kind: 'switch',
        label: 'Unknown roles',
        explanation: 'The only role in the launch is one that no vocabulary contains.',
      },
    ],
  },
  {
    title: 'Privacy',
    faults: [
      {
        key: 'noNames',
        kind: 'switch',
        label: 'No names',
        explanation: 'Launches and rosters carry no name, as with Moodle’s privacy setting.',
      },
      {
        key: 'noEmail',
        kind: 'switch',
        label: 'No email',
        explanation: 'Launches and rosters carry no e-mail address.',
      },
      {
        key: 'anonymous',
        kind: 'switch',
        label: 'Anonymous',
        explanation: 'The launch has no sub claim: the tool cannot know who it is.',
      },
    ],
  },
  {
    title: 'Services',
    faults: [
      {
        key: 'slowJwksMs',
        kind: 'number',
        max: 60_000,
        label: 'Slow keyset',
        explanation: 'Milliseconds the LMS waits before it answers a request for its public keys.',
      },
      {
        key: 'tokenDown',
        kind: 'lasting',
        label: 'Token endpoint down',
        explanation: 'Requests for an access token are answered 503.',
      },
      {
        key: 'scores409',
        kind: 'lasting',
        label: 'Scores refused (409)',
        explanation: 'Scores are refused as if a newer one had already arrived.',
      },
      {
        key: 'scores429',
        kind: 'lasting',
        label: 'Scores rate-limited (429)',
        explanation: 'Scores are answered 429 with the Retry-After given below.',
      },
      {
        key: 'scores503',
        kind: 'lasting',
        label: 'Scores unavailable (503)',
        explanation: 'Scores are answered 503, as during an upgrade of the LMS.',
      },
      {
        key: 'retryAfterSeconds',
        kind: 'number',
        max: 3600,
        label: 'Retry-After',
        explanation: 'Seconds a rate-limited tool is asked to wait.',
      },
      {
        key: 'htmlErrors',
        kind: 'switch',
        label: 'HTML error bodies',
        explanation: 'Errors of the services are web pages instead of JSON.',
      },
    ],
  },
]

/** Everything switched off. */
export function noFaults(): Faults {
  return {
    expiredToken: false,
    replay: false,
    wrongDeployment: false,
    wrongAudience: false,
    missingNonce: false,
    unpublishedKey: false,
    platformError: false,
    unknownRoles: false,
    noNames: false,
    noEmail: false,
    anonymous: false,
    slowJwksMs: 0,
    tokenDown: false,
    scores409: false,
    scores429: false,
    scores503: false,
    retryAfterSeconds: 2,
    htmlErrors: false,
  }
}

const descriptions = new Map(
  faultGroups.flatMap((group) => group.faults.map((fault) => [String(fault.key), fault] as const)),
)

/** The faults that are on, as sentences for the banner. */
export function activeFaults(faults: Faults): string[] {
  const active: string[] = []
  for (const { key, label } of descriptions.values()) {
    if (key === 'retryAfterSeconds') continue
    if (faults[key] !== false && faults[key] !== 0) active.push(label)
  }
  return active
}

/** The faults after a change; keys that are absent keep their value, unknown ones are refused. */
export function changeFaults(faults: Faults, change: Readonly<Record<string, unknown>>): Faults {
  const next: Record<string, unknown> = { ...faults }
  for (const [key, value] of Object.entries(change)) {
    const description = descriptions.get(key)
    if (!description) throw new Refusal(400, 'unknown_fault', `There is no fault named “${key}”.`)
    next[key] = faultValue(description, value)
  }
  // Every key of the table was checked against its kind, and `next` began as a complete set.
  return next as unknown as Faults
}

function faultValue({ key, kind, max }: FaultDescription, value: unknown): Lasting {
  const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0
  if (kind === 'number' && isCount && value <= (max ?? value)) return value
  if (kind === 'lasting' && isCount) return value === 0 ? false : value
  if (kind !== 'number' && typeof value === 'boolean') return value
  throw new Refusal(400, 'bad_fault', `“${key}” cannot be ${JSON.stringify(value)}.`)
}

/** Whether a lasting fault strikes now; a counted one is used up by one. */
export function strikes(
  faults: Faults,
  key: 'tokenDown' | 'scores409' | 'scores429' | 'scores503',
): boolean {
  const value = faults[key]
  if (typeof value === 'boolean') return value
  faults[key] = value > 1 ? value - 1 : false
  return true
}
