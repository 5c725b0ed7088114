import type { Connection } from '../../shared/api/connections.ts'
import type { Question } from '../dashboard/ask-first.ts'

export interface LifeAct {
  readonly route:
    | 'POST /api/v1/connections/:id/activate'
    | 'POST /api/v1/connections/:id/pause'
    | 'POST /api/v1/connections/:id/resume'
    | 'POST /api/v1/connections/:id/disable'
  readonly label: string
  readonly done: string
  /** States in which it makes sense. */
  readonly from: readonly Connection['state'][]
  readonly isMain?: boolean
  /** Asked before; absent where the act only puts things right. */
  question?(connection: Connection): Question
}

const working = ['active', 'degraded', 'action-needed'] as const

/** What a person can do to the life of a connection, and what each act will do. */
export const lifeActs: readonly LifeAct[] = [
  {
    route: 'POST /api/v1/connections/:id/activate',
    label: 'Activate',
    done: 'The connection is being tested and switched on.',
    from: ['draft', 'testing', 'disabled'],
    isMain: true,
  },
  {
    route: 'POST /api/v1/connections/:id/resume',
    label: 'Resume',
    done: 'The connection works again; the next sync catches up.',
    from: ['paused'],
    isMain: true,
  },
  {
    route: 'POST /api/v1/connections/:id/pause',
    label: 'Pause',
    done: 'The connection is paused.',
    from: working,
    question: ({ name }) => ({
      title: `Pause “${name}”?`,
      effects: [
        'Nothing is fetched from there or sent to it until somebody resumes it.',
        'What was fetched before stays; what is waiting to be sent is kept.',
        'It is not checked and raises no alerts meanwhile.',
      ],
      button: 'Pause it',
      reason: true,
    }),
  },
  {
    route: 'POST /api/v1/connections/:id/disable',
    label: 'Disable',
    done: 'The connection is disabled.',
    from: [...working, 'paused'],
    question: ({ name }) => ({
      title: `Disable “${name}”?`,
      effects: [
        'Nothing is fetched, sent or checked any more.',
        'Settings, credentials and history are kept.',
        'To use it again it has to be tested and activated like a new one. For a short break, pause it instead.',
      ],
      button: 'Disable it',
      danger: true,
      reason: true,
    }),
  },
]
