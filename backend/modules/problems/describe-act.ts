import type { GateEvent, RefreshEvent } from '../connections/index.ts'
import type { NewAct } from './definition.ts'

type Words = Pick<NewAct, 'result' | 'before' | 'after' | 'explanation'>

/** How long something lasts, as people say it. */
export function durationOf(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000))
  if (seconds < 90) return seconds === 1 ? '1 second' : `${seconds} seconds`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} minutes`
  return `${Math.round(minutes / 60)} hours`
}

/** What the gate of a connection did, in plain words. */
export function describeGate({ act, forMs }: Pick<GateEvent, 'act' | 'forMs'>): Words {
  const pause = forMs === null ? 'a while' : durationOf(forMs)
  const words: Record<GateEvent['act'], Words> = {
    'breaker-open': {
      result: 'waiting',
      before: 'Requests were sent as usual.',
      after: `Nothing is sent for ${pause}.`,
      explanation:
        'Several requests in a row failed. More of them would not help and could keep the other system from recovering.',
    },
    'breaker-half-open': {
      result: 'waiting',
      before: 'Nothing was sent.',
      after: 'One request is sent to see whether it works again.',
      explanation: 'The pause is over. One try is enough to learn whether it has an end.',
    },
    'breaker-close': {
      result: 'worked',
      before: 'Nothing, or one request at a time, was sent.',
      after: 'Requests are sent as usual.',
      explanation: 'The try succeeded, so the other system works again.',
    },
    'back-off': {
      result: 'worked',
      before: 'Requests were sent as usual.',
      after: `The next request waits for ${pause}.`,
      explanation: 'The other system asked for fewer requests. What is waiting is sent afterwards.',
    },
  }
  return words[act]
}

/** How a refresh of a consent ended, in plain words. */
export function describeRefresh({ result }: Pick<RefreshEvent, 'result'>): Words {
  return result === 'worked'
    ? {
        result,
        before: 'The permission was about to end.',
        after: 'It holds for another period.',
        explanation:
          'Permissions are renewed when four fifths of their time are over, so that nothing stops.',
      }
    : {
        result,
        before: 'The permission was about to end.',
        after: 'It could not be renewed.',
        explanation:
          'It is tried again by itself. Where the other system has withdrawn it, a person must give it anew.',
      }
}
