import { z } from 'zod'
import { type AnyJob, defineJob, JobGiveUp } from '../jobs/definition.ts'
import { createQueue } from '../jobs/queue.ts'
import type { Logger } from '../logging.ts'
import type { EventConsumer, Events, EventsOptions } from './definition.ts'
import { newEvent, outboxSignals } from './outbox.ts'
import { type Delivery, deliverEvents, relayModel, removeRelayed } from './relay.ts'
import {
  type EventRow,
  findEvent,
  insertEvents,
  toDomainEvent,
  undeliveredEvents,
} from './store.ts'

const sweepEveryMs = 15_000
const defaultAttempts = 12

/** The outbox's other half: relays events from documents to durable consumers. */
export function createEvents(options: EventsOptions & { readonly log: Logger }): Events {
  const { log } = options
  const models = options.models.map(({ modelName }) => modelName)
  const queue = createQueue()
  const deliveries = deliveriesFor(options.consumers)
  const dirty = new Set<string>()
  let working: Promise<void> | null = null

  const deliver = (events: readonly EventRow[]) => deliverEvents(events, { deliveries, queue, log })

  async function relayDirty(): Promise<void> {
    for (;;) {
      const [name] = dirty
      if (name === undefined) return
      dirty.delete(name)
      if (models.includes(name)) while ((await relayModel(name, deliver)) > 0);
    }
  }

  function onWritten(modelName: string): void {
    dirty.add(modelName)
    working ??= relayDirty()
      .catch((error: unknown) => {
        // Nothing is lost: the sweep finds what is still in the documents.
        log.warn({ err: error }, 'events could not be relayed')
      })
      .finally(() => {
        working = null
      })
  }

  async function relay(): Promise<void> {
    await working
    for (const name of models) {
      while ((await relayModel(name, deliver)) > 0);
      await removeRelayed(name)
    }
    for (;;) {
      const left = await undeliveredEvents(200)
      if (left.length === 0) return
      await deliver(left)
    }
  }

  const sweep = defineJob({
    name: 'events.sweep',
    input: z.object({}),
    every: sweepEveryMs,
    run: relay,
  })

  return {
    jobs: [...deliveries.map(({ job }) => job), sweep],
    async emit(ctx, type, data) {
      const event = newEvent(ctx, type, data)
      await deliver(await insertEvents([{ ...event, tenantId: ctx.tenantId }]))
    },
    relay,
    start() {
      outboxSignals.on('written', onWritten)
    },
    async stop() {
      outboxSignals.off('written', onWritten)
      await working
    },
  }
}

function deliveriesFor(consumers: readonly EventConsumer[]): Delivery[] {
  const names = [...new Set(consumers.map(({ consumer }) => consumer))]
  return names.map((name) => {
    const handlers = consumers.filter(({ consumer }) => consumer === name)
    const types = handlers.map(({ type }) => type)
    if (new Set(types).size !== types.length || (types.includes('*') && types.length > 1)) {
      throw new TypeError(`consumer ${name} has two handlers for one event`)
    }
    return {
      consumer: name,
      job: deliveryJob(name, handlers),
      wants: (type) => types.some((each) => each === '*' || each === type),
      ...takerOf(handlers),
    }
  })
}

function takerOf(handlers: readonly EventConsumer[]): Pick<Delivery, 'takeAtOnce'> {
  const [first, ...others] = handlers
  if (others.length > 0 && handlers.some(({ takeAtOnce }) => takeAtOnce)) {
    throw new TypeError(`consumer ${first?.consumer} takes events at once and has several handlers`)
  }
  return first?.takeAtOnce ? { takeAtOnce: first.takeAtOnce } : {}
}

function deliveryJob(name: string, handlers: readonly EventConsumer[]): AnyJob {
  return defineJob({
    name: `event.${name}`,
    input: z.object({ eventId: z.string() }),
    attempts: Math.max(...handlers.map(({ attempts }) => attempts ?? defaultAttempts)),
    async run(ctx, { eventId }, run) {
      const row = await findEvent(ctx.tenantId, eventId)
      if (!row) throw new JobGiveUp('The event is older than events are kept')
      const handler = handlers.find(({ type }) => type === '*' || type === row.type)
      await handler?.handle(ctx, toDomainEvent(row), run)
    },
  })
}
