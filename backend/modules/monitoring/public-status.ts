import type { PublicState, PublicStatus } from '../../../shared/api/monitoring.ts'
import type { EndedCall } from '../../core/http/index.ts'
import type { Logger } from '../../core/logging.ts'
import type { StoredModel } from '../../core/module.ts'
import {
  componentSentence,
  overallSentence,
  type SampledState,
  type StatusComponent,
  stateOfCalls,
  stateOfDatabase,
  stateOfDay,
  stateOfKind,
  stateOfWebhooks,
  statusComponents,
  uptimeOf,
  worstOf,
} from './public-state.ts'
import {
  continueIncident,
  countMinute,
  endIncident,
  findIncidents,
  findStatusDays,
  pingDatabase,
  type StatusDay,
  StatusDayModel,
  type StatusIncident,
  StatusIncidentModel,
} from './status-store.ts'
import { countKinds } from './watch-count-store.ts'

export interface PublicStatusOptions {
  /** Endpoints that something was sent to lately, and those of them that wait untried. */
  webhookPromptness(now: Date): Promise<{ endpoints: number; waiting: number }>
  readonly log: Pick<Logger, 'warn'>
  readonly now?: () => Date
}

type States = Readonly<Record<StatusComponent, PublicState>>

interface Sample {
  readonly minute: Date
  readonly states: States
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const daysShown = 90
const incidentsForMs = 14 * dayMs
const fewestMinutes = 2
const pingMs = 5000
/** What could not be written while the database was away: a day of it. */
const mostUnwritten = 24 * 60
const rereadMs = 30_000

/** Watches the parts of this installation minute by minute, for everybody to see. */
export function createPublicStatus({
  webhookPromptness,
  log,
  now = () => new Date(),
}: PublicStatusOptions) {
  let timer: NodeJS.Timeout | undefined
  let calls = 0
  let broken = 0
  let unwritten: Sample[] = []
  let latest: Sample | null = null
  let history: { at: number; days: StatusDay[]; incidents: StatusIncident[] } | null = null
  let sampling: Promise<void> = Promise.resolve()

  async function databaseMs(): Promise<number | null> {
    const startedAt = performance.now()
    try {
      await pingDatabase(pingMs)
      return performance.now() - startedAt
    } catch {
      // That it is away is the answer.
      return null
    }
  }

  async function look(): Promise<States> {
    const counted = { calls, broken }
    calls = 0
    broken = 0
    const database = stateOfDatabase(await databaseMs())
    const states = { api: stateOfCalls(counted), database }
    if (database === 'down') {
      const nothing = { webhooks: 'down', lms: 'unknown', sis: 'unknown' } as const
      return { ...states, ...nothing, content: 'unknown', assessment: 'unknown' }
    }
    const [promptness, kinds] = await Promise.all([webhookPromptness(now()), countKinds()])
    const ofKind = (kind: string) => {
      const count = kinds.find((one) => one.kind === kind)
      return count ? stateOfKind(count) : 'unknown'
    }
    return {
      ...states,
      webhooks: stateOfWebhooks(promptness),
      lms: ofKind('lms'),
      sis: ofKind('sis'),
      content: ofKind('content'),
      assessment: ofKind('assessment'),
    }
  }

  async function write({ minute, states }: Sample): Promise<void> {
    for (const { id } of statusComponents) {
      const state = states[id]
      if (state === 'unknown') continue
      if (await countMinute(id, minute, state)) await followIncident(id, minute, state)
    }
  }

  async function sampleOnce(): Promise<void> {
    const minute = new Date(Math.floor(now().getTime() / minuteMs) * minuteMs)
    latest = { minute, states: await look() }
    unwritten = [...unwritten, latest].slice(-mostUnwritten)
    for (;;) {
      const [first] = unwritten
      if (!first) return
      await write(first)
      unwritten = unwritten.slice(1)
    }
  }

  /** Looks at everything once, and writes it as soon as that can be done. */
  function sample(): Promise<void> {
    sampling = sampling.then(async () => {
      try {
        await sampleOnce()
      } catch (error) {
        log.warn(
          { err: error, waiting: unwritten.length },
          'the public status could not be written',
        )
      }
    })
    return sampling
  }

  /** What is on record, at most half a minute old; the last that was read where the database is away. */
  async function readHistory(at: number) {
    if (history && at - history.at < rereadMs) return history
    const from = new Date(at - (daysShown - 1) * dayMs).toISOString().slice(0, 10)
    try {
      const [days, incidents] = await Promise.all([
        findStatusDays(from),
        findIncidents(new Date(at - incidentsForMs), fewestMinutes),
      ])
      history = { at, days, incidents }
    } catch {
      // The page is needed most while the database is away.
      history ??= { at: 0, days: [], incidents: [] }
    }
    return history
  }

  async function read(): Promise<PublicStatus> {
    const at = now()
    const { days, incidents } = await readHistory(at.getTime())
    const isFresh = latest !== null && at.getTime() - latest.minute.getTime() < 5 * minuteMs
    const components = statusComponents.map(({ id, title }) => {
      const state = isFresh && latest ? latest.states[id] : 'unknown'
      const own = days.filter(({ component }) => component === id)
      return {
        id,
        title,
        state,
        sentence: componentSentence(state),
        uptimePercent: uptimeOf(own),
        days: lastDays(at).map((date) => {
          const day = own.find((one) => one.date === date)
          const shown = day ? [day] : []
          return { date, state: day ? stateOfDay(day) : 'unknown', uptimePercent: uptimeOf(shown) }
        }),
      }
    })
    const state = worstOf(components.map((component) => component.state))
    return {
      generatedAt: at.toISOString(),
      state,
      sentence: overallSentence(state),
      components,
      incidents: incidents.map(showIncident),
    }
  }

  const models: readonly StoredModel[] = [StatusDayModel, StatusIncidentModel]
  return {
    models,
    read,
    sample,
    /** For `HttpOptions.observers`. */
    observe({ status }: Pick<EndedCall, 'status'>): void {
      calls += 1
      if (status >= 500) broken += 1
    },
    start(): void {
      if (timer) return
      void sample()
      timer = setInterval(() => void sample(), minuteMs)
      timer.unref()
    },
    async stop(): Promise<void> {
      clearInterval(timer)
      timer = undefined
      await sampling
    },
  }
}

async function followIncident(
  component: StatusComponent,
  minute: Date,
  state: SampledState,
): Promise<void> {
  if (state !== 'operational') await continueIncident(component, minute, state === 'down')
  else await endIncident(component, new Date(minute.getTime() - 2 * minuteMs))
}

function lastDays(now: Date): string[] {
  return Array.from({ length: daysShown }, (_, index) =>
    new Date(now.getTime() - (daysShown - 1 - index) * dayMs).toISOString().slice(0, 10),
  )
}

function showIncident(incident: StatusIncident): PublicStatus['incidents'][number] {
  const { component, isDown, startedAt, endedAt, minutes } = incident
  const title = statusComponents.find(({ id }) => id === component)?.title ?? component
  return {
    component,
    title: `${title}: ${isDown ? 'did not work' : 'slow, or failed now and then'}`,
    state: isDown ? 'down' : 'degraded',
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    minutes,
  }
}
