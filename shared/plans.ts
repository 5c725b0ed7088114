/** What a limit counts for: one credential, or the organisation as a whole; `address`: callers nobody knows. */
export const limitKinds = [
  'key',
  'client',
  'session',
  'launch',
  'embed',
  'tenant',
  'address',
] as const
export type LimitKind = (typeof limitKinds)[number]

export interface RateLimit {
  /** How many calls a minute can be kept up. */
  readonly perMinute: number
  /** How many calls at once after a pause. */
  readonly burst: number
}

/** Named sets of limits; an organisation has one and may have exceptions from it. */
export const plans = {
  sandbox: {
    key: { perMinute: 1500, burst: 250 },
    client: { perMinute: 1500, burst: 250 },
    session: { perMinute: 1200, burst: 300 },
    launch: { perMinute: 600, burst: 200 },
    embed: { perMinute: 300, burst: 100 },
    tenant: { perMinute: 3000, burst: 600 },
    address: { perMinute: 1200, burst: 300 },
  },
  standard: {
    key: { perMinute: 6000, burst: 1000 },
    client: { perMinute: 6000, burst: 1000 },
    session: { perMinute: 1200, burst: 300 },
    launch: { perMinute: 600, burst: 200 },
    embed: { perMinute: 300, burst: 100 },
    tenant: { perMinute: 30_000, burst: 5000 },
    address: { perMinute: 3000, burst: 600 },
  },
  large: {
    key: { perMinute: 30_000, burst: 5000 },
    client: { perMinute: 30_000, burst: 5000 },
    session: { perMinute: 1200, burst: 300 },
    launch: { perMinute: 600, burst: 200 },
    embed: { perMinute: 300, burst: 100 },
    tenant: { perMinute: 150_000, burst: 25_000 },
    address: { perMinute: 3000, burst: 600 },
  },
  unmetered: {
    key: { perMinute: 6_000_000, burst: 1_000_000 },
    client: { perMinute: 6_000_000, burst: 1_000_000 },
    session: { perMinute: 6_000_000, burst: 1_000_000 },
    launch: { perMinute: 6_000_000, burst: 1_000_000 },
    embed: { perMinute: 6_000_000, burst: 1_000_000 },
    tenant: { perMinute: 10_000_000, burst: 2_000_000 },
    address: { perMinute: 6_000_000, burst: 1_000_000 },
  },
} as const satisfies Record<string, Record<LimitKind, RateLimit>>

export type PlanName = keyof typeof plans
export const planNames = Object.keys(plans) as [PlanName, ...PlanName[]]
