export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle' | 'none'

export interface StateWord {
  readonly word: string
  readonly tone: Tone
}

const connection: Record<string, StateWord> = {
  draft: { word: 'Draft', tone: 'none' },
  testing: { word: 'Being tested', tone: 'busy' },
  active: { word: 'Active', tone: 'good' },
  degraded: { word: 'Degraded', tone: 'warn' },
  'action-needed': { word: 'Action needed', tone: 'bad' },
  paused: { word: 'Paused', tone: 'idle' },
  disabled: { word: 'Disabled', tone: 'none' },
}

const health: Record<string, StateWord> = {
  ok: { word: 'Healthy', tone: 'good' },
  degraded: { word: 'Degraded', tone: 'warn' },
  failing: { word: 'Failing', tone: 'bad' },
  unknown: { word: 'Not known yet', tone: 'none' },
}

const problem: Record<string, StateWord> = {
  open: { word: 'Open', tone: 'bad' },
  acknowledged: { word: 'Acknowledged', tone: 'warn' },
  resolved: { word: 'Resolved', tone: 'good' },
}

const severity: Record<string, StateWord> = {
  critical: { word: 'Critical', tone: 'bad' },
  warning: { word: 'Warning', tone: 'warn' },
  info: { word: 'For information', tone: 'none' },
}

const step: Record<string, StateWord> = {
  passed: { word: 'Passed', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  skipped: { word: 'Skipped', tone: 'none' },
}

const act: Record<string, StateWord> = {
  worked: { word: 'Worked', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  waiting: { word: 'Waiting', tone: 'busy' },
}

const run: Record<string, StateWord> = {
  waiting: { word: 'Waiting', tone: 'idle' },
  running: { word: 'Running', tone: 'busy' },
  succeeded: { word: 'Succeeded', tone: 'good' },
  partial: { word: 'Some left out', tone: 'warn' },
  failed: { word: 'Failed', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'none' },
}

const sending: Record<string, StateWord> = {
  sent: { word: 'Sent', tone: 'good' },
  delivered: { word: 'Delivered', tone: 'good' },
  waiting: { word: 'Waiting', tone: 'idle' },
  held: { word: 'Held back', tone: 'idle' },
  silenced: { word: 'Silenced', tone: 'none' },
  failed: { word: 'Failed', tone: 'bad' },
}

const words = { connection, health, problem, severity, step, act, run, sending } as const

export type StateKind = keyof typeof words

/** The word and the tone of a state; one that is not known shows as it is. */
export function stateWord(kind: StateKind, state: string): StateWord {
  return words[kind][state] ?? { word: state.replaceAll('-', ' '), tone: 'none' }
}

/** The states of a kind as choices of a filter. */
export function stateChoices(kind: StateKind): readonly (readonly [string, string])[] {
  return Object.entries(words[kind]).map(([state, { word }]) => [state, word])
}
