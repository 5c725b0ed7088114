import { type ConnectionState, workingStates } from '../../../shared/connection-states.ts'
import { AppError } from '../../../shared/errors.ts'

const working: readonly ConnectionState[] = workingStates

export type StateAct = 'activate' | 'pause' | 'resume' | 'disable'

/** From which states a person may do what. */
const mayBegin: Readonly<Record<StateAct, readonly ConnectionState[]>> = {
  activate: ['draft', 'testing', 'active', 'degraded', 'action-needed', 'paused', 'disabled'],
  pause: working,
  resume: ['paused'],
  disable: ['draft', 'testing', ...working, 'paused'],
}

const words: Readonly<Record<ConnectionState, string>> = {
  draft: 'a draft',
  testing: 'being tested',
  active: 'active',
  degraded: 'degraded',
  'action-needed': 'waiting for a person',
  paused: 'paused',
  disabled: 'out of use',
}

const possible: Readonly<Record<ConnectionState, string>> = {
  draft: 'it can be activated or taken out of use',
  testing: 'wait for the end of the test, or activate it again',
  active: 'it can be paused or taken out of use',
  degraded: 'it can be paused, taken out of use or activated again',
  'action-needed': 'correct what its reason says and activate it, pause it or take it out of use',
  paused: 'it can be resumed, activated or taken out of use',
  disabled: 'it can be activated',
}

export function assertMay(act: StateAct, state: ConnectionState): void {
  if (mayBegin[act].includes(state)) return
  throw new AppError(
    'connection_state_conflict',
    `The connection is ${words[state]}, so "${act}" is not possible; ${possible[state]}`,
  )
}

export function isWorking(state: ConnectionState): boolean {
  return working.includes(state)
}

/** Causes that no trying again removes: somebody has to do something. */
const needsPerson: ReadonlySet<string> = new Set([
  'unauthorised',
  'forbidden',
  'invalid_grant',
  'invalid_settings',
  'refused_address',
  'not_found',
  'not_what_it_says',
  'unsupported',
])

/** The state that follows from what a check found; null where it stays. */
export function stateAfterHealth(
  state: ConnectionState,
  health: {
    readonly state: 'ok' | 'degraded' | 'failing' | 'unknown'
    readonly code: string | null
  },
): ConnectionState | null {
  if (!isWorking(state) || health.state === 'unknown') return null
  const next = wantedState(health)
  return next === state ? null : next
}

function wantedState(health: {
  readonly state: 'ok' | 'degraded' | 'failing' | 'unknown'
  readonly code: string | null
}): ConnectionState {
  if (health.state === 'ok') return 'active'
  if (health.state === 'failing' && needsPerson.has(health.code ?? '')) return 'action-needed'
  return 'degraded'
}
