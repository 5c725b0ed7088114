import { z } from 'zod'

/** `true` until switched off, or the number of requests it still applies to. */
const Lasting = z.union([z.boolean(), z.number().int().min(0).max(100_000)])
const whole = (min: number, max: number) => z.number().int().min(min).max(max)

export const Dials = z.strictObject({
  down: Lasting,
  dropped: Lasting,
  lying: Lasting,
  rateLimited: Lasting,
  slowMs: whole(0, 120_000),
  requestsPerMinute: whole(0, 1_000_000),
  retryAfterSeconds: whole(0, 3600),
  throttleAs403: z.boolean(),
  expiredCredentials: z.boolean(),
  changedSchema: z.boolean(),
  missingRowsPercent: whole(0, 100),
  clockSkewSeconds: whole(-86_400, 86_400),
  duplicateWebhooks: z.boolean(),
  tokenLifeSeconds: whole(1, 2_592_000),
  users: whole(0, 200_000),
  day: whole(0, 3650),
})
export type Dials = z.output<typeof Dials>
export type DialKey = keyof Dials

/** A change of some dials; what is not named stays as it is. */
export const DialChange = Dials.partial()

/** A vendor in good health with the small school. */
export function quietDials(): Dials {
  return {
    down: false,
    dropped: false,
    lying: false,
    rateLimited: false,
    slowMs: 0,
    requestsPerMinute: 0,
    retryAfterSeconds: 2,
    throttleAs403: false,
    expiredCredentials: false,
    changedSchema: false,
    missingRowsPercent: 0,
    clockSkewSeconds: 0,
    duplicateWebhooks: false,
    tokenLifeSeconds: 3600,
    users: 0,
    day: 0,
  }
}

interface DialDescription {
  readonly kind: 'switch' | 'lasting' | 'number'
  readonly label: string
  readonly explanation: string
}

export const dialDescriptions: Readonly<Record<DialKey, DialDescription>> = {
  down: {
    kind: 'lasting',
    label: 'Down',
    explanation: 'Every request is answered with 503 and a maintenance page.',
  },
  dropped: {
    kind: 'lasting',
    label: 'Drops connections',
    explanation: 'The connection is closed without an answer.',
  },
  lying: {
    kind: 'lasting',
    label: 'Lying',
    explanation: 'Every request is answered with 200 and an HTML error page.',
  },
  rateLimited: {
    kind: 'lasting',
    label: 'Rate limited',
    explanation: 'Every request is refused as one too many, with Retry-After.',
  },
  slowMs: {
    kind: 'number',
    label: 'Slow (milliseconds)',
    explanation: 'Each answer waits this long.',
  },
  requestsPerMinute: {
    kind: 'number',
    label: 'Requests per minute',
    explanation: 'What goes beyond is refused until the minute is over; 0 means no limit.',
  },
  retryAfterSeconds: {
    kind: 'number',
    label: 'Retry-After (seconds)',
    explanation: 'What “Rate limited” asks a client to wait.',
  },
  throttleAs403: {
    kind: 'switch',
    label: 'Rate limit as 403',
    explanation: 'Older releases refuse what is too much with 403 in place of 429.',
  },
  expiredCredentials: {
    kind: 'switch',
    label: 'Expired credentials',
    explanation: 'The credentials below are refused as if they had run out.',
  },
  changedSchema: {
    kind: 'switch',
    label: 'Changed schema',
    explanation: 'Fields that clients rely on have another name and type.',
  },
  missingRowsPercent: {
    kind: 'number',
    label: 'Rows missing (per cent)',
    explanation: 'Lists leave rows out; where there is a total, it still counts them.',
  },
  clockSkewSeconds: {
    kind: 'number',
    label: 'Clock skew (seconds)',
    explanation: 'The clock of the vendor is ahead by this, or behind if negative.',
  },
  duplicateWebhooks: {
    kind: 'switch',
    label: 'Duplicate webhooks',
    explanation: 'Each event is sent twice.',
  },
  tokenLifeSeconds: {
    kind: 'number',
    label: 'Life of access tokens (seconds)',
    explanation: 'Of tokens issued from now on.',
  },
  users: {
    kind: 'number',
    label: 'People',
    explanation: 'At least so many people, in classes of thirty; 0 is the small school alone.',
  },
  day: {
    kind: 'number',
    label: 'Day',
    explanation: 'Each day some people change their name, one leaves and one joins.',
  },
}

/** The change a submitted form stands for: an unticked box is off, an empty number is unchanged. */
export function dialsFromForm(
  form: Readonly<Record<string, unknown>>,
  keys: readonly DialKey[],
): Record<string, unknown> {
  const change: Record<string, unknown> = {}
  for (const key of keys) {
    const { kind } = dialDescriptions[key]
    if (kind === 'number') {
      if (form[key] !== undefined && form[key] !== '') change[key] = Number(form[key])
    } else if (form[key] === undefined) change[key] = false
    else change[key] = (kind === 'lasting' && Number(form[`${key}Times`])) || true
  }
  return change
}

/** Whether a dial that may be counted applies to this request; counts it down. */
export function takeOne(dials: Dials, key: 'down' | 'dropped' | 'lying' | 'rateLimited'): boolean {
  const value = dials[key]
  if (typeof value === 'boolean') return value
  dials[key] = value > 1 ? value - 1 : false
  return value > 0
}
