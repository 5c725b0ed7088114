import type { PublicState } from '../../../shared/api/monitoring.ts'

export const statusComponents = [
  { id: 'api', title: 'Website and API' },
  { id: 'database', title: 'Database' },
  { id: 'webhooks', title: 'Webhooks' },
  { id: 'lms', title: 'Learning platforms' },
  { id: 'sis', title: 'School information systems' },
  { id: 'content', title: 'Content libraries' },
  { id: 'assessment', title: 'Assessment tools' },
] as const
export type StatusComponent = (typeof statusComponents)[number]['id']

/** What a sample can say; without one, nothing is known. */
export type SampledState = Exclude<PublicState, 'unknown'>

/** The answers of one minute. */
export function stateOfCalls({ calls, broken }: { calls: number; broken: number }): SampledState {
  if (calls < 20) return 'operational'
  if (broken / calls >= 0.5) return 'down'
  return broken / calls >= 0.05 ? 'degraded' : 'operational'
}

const slowMs = 1000

/** How long the database took to answer; null: it did not. */
export function stateOfDatabase(ms: number | null): SampledState {
  if (ms === null) return 'down'
  return ms > slowMs ? 'degraded' : 'operational'
}

/** Of endpoints that something is for: how many wait although nothing was ever tried. */
export function stateOfWebhooks({ endpoints, waiting }: { endpoints: number; waiting: number }) {
  if (endpoints < 3 || waiting === 0) return 'operational' as const
  if (waiting === endpoints) return 'down' as const
  return waiting / endpoints >= 0.5 ? ('degraded' as const) : ('operational' as const)
}

/** With fewer, the state of a kind would tell of one organisation. */
export const fewestTenants = 3

export function stateOfKind({
  tenants,
  connections,
  failing,
}: {
  readonly tenants: number
  readonly connections: number
  readonly failing: number
}): PublicState {
  if (tenants < fewestTenants) return 'unknown'
  const share = failing / connections
  if (share >= 0.5) return 'down'
  return share >= 0.1 ? 'degraded' : 'operational'
}

/** Minutes of a day by what they were. */
export interface DayCounts {
  readonly operational: number
  readonly degraded: number
  readonly down: number
}

/** A single bad minute does not make a bad day. */
const fewestBad = 3

export function stateOfDay({ operational, degraded, down }: DayCounts): PublicState {
  if (operational + degraded + down === 0) return 'unknown'
  if (down >= fewestBad) return 'down'
  return degraded + down >= fewestBad ? 'degraded' : 'operational'
}

/** Percent of the sampled time in which it was not down. */
export function uptimeOf(days: readonly DayCounts[]): number | null {
  let up = 0
  let all = 0
  for (const { operational, degraded, down } of days) {
    up += operational + degraded
    all += operational + degraded + down
  }
  return all === 0 ? null : Math.floor((10_000 * 100 * up) / all) / 10_000
}

const order: readonly PublicState[] = ['unknown', 'operational', 'degraded', 'down']

export function worstOf(states: readonly PublicState[]): PublicState {
  return states.reduce<PublicState>(
    (worst, state) => (order.indexOf(state) > order.indexOf(worst) ? state : worst),
    'unknown',
  )
}

const sentences: Readonly<Record<PublicState, string>> = {
  operational: 'Everything works.',
  degraded: 'Something is slow or fails now and then. We are looking into it.',
  down: 'Something does not work right now. We are looking into it.',
  unknown: 'Nothing is known yet: this installation has only just begun to watch itself.',
}
export const overallSentence = (state: PublicState) => sentences[state]

const ofComponent: Readonly<Record<PublicState, string>> = {
  operational: 'Works',
  degraded: 'Slow, or fails now and then',
  down: 'Does not work',
  unknown: 'Nothing to say yet',
}
export const componentSentence = (state: PublicState) => ofComponent[state]
