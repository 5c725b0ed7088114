import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import mongoose from 'mongoose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../shared/events.ts'
import { useTestDatabase } from '../../../tests/support/database.ts'
import { newId } from '../ids.ts'
import { createJobs, JobModel, type Jobs } from '../jobs/index.ts'
import { createLogger } from '../logging.ts'
import { systemContext, type TenantContext, tenantScoped } from '../tenancy.ts'
import { type EventConsumer, type Events, onEvent } from './definition.ts'
import { createEvents } from './events.ts'
import { newEvent, pushEvent, type WithOutbox, withOutbox } from './outbox.ts'
import { EventModel } from './store.ts'

interface AttemptRow extends WithOutbox {
  _id: string
  tenantId: string
  submitted?: boolean
}

const schema = new mongoose.Schema<AttemptRow>(
  { _id: String, submitted: Boolean },
  { timestamps: true },
)
schema.plugin(tenantScoped).plugin(withOutbox)
const AttemptModel = mongoose.model('WrittenAttempt', schema, 'writtenAttempts')

const database = useTestDatabase()
const log = createLogger({ level: 'silent' })
const started: { jobs: Jobs; events: Events }[] = []
let ctx: TenantContext

beforeEach(async () => {
  const acrossTenants = 'a clean start'
  await JobModel.deleteMany({}, { acrossTenants })
  await EventModel.deleteMany({}, { acrossTenants })
  await AttemptModel.deleteMany({}, { acrossTenants })
  ctx = systemContext(newId('ten'), 'test', 'req-7')
})

afterEach(async () => {
  for (const { jobs, events } of started.splice(0)) {
    await jobs.stop({ timeoutMs: 1000 })
    await events.stop()
  }
})

function set(consumers: readonly EventConsumer[]) {
  const events = createEvents({ consumers, models: [AttemptModel], log })
  const jobs = createJobs({ definitions: events.jobs, log, pollMs: 100 })
  started.push({ jobs, events })
  return { events, jobs }
}

function listening(consumer = 'test.list') {
  const heard: DomainEvent<'attempt.submitted'>[] = []
  const declared = onEvent('attempt.submitted', {
    consumer,
    async handle(_ctx, event) {
      heard.push(event)
    },
  })
  return { heard, declared }
}

const submitted = (attemptId: string) => ({
  attemptId,
  itemId: 'itm_1',
  score: 3,
  maxScore: 4,
  submittedAt: '2026-11-23T10:00:00.000Z',
})

async function submit(attemptId: string, orderingKey?: string): Promise<void> {
  await AttemptModel.updateOne(
    { _id: attemptId, tenantId: ctx.tenantId },
    {
      $set: { submitted: true },
      ...pushEvent(
        ctx,
        'attempt.submitted',
        submitted(attemptId),
        orderingKey === undefined ? {} : { orderingKey },
      ),
    },
    { upsert: true },
  )
}

async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 45_000,
): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('waited in vain')
    await wait(10)
  }
}

describe('an event written with its change', () => {
  it('reaches every consumer of its type once, with tenant and request', async () => {
    const one = listening('test.one')
    const two = listening('test.two')
    const other: string[] = []
    const all: string[] = []
    const { events, jobs } = set([
      one.declared,
      two.declared,
      onEvent('item.imported', {
        consumer: 'test.other',
        async handle() {
          other.push('called')
        },
      }),
      onEvent('*', {
        consumer: 'test.all',
        async handle(_ctx, event) {
          all.push(event.type)
        },
      }),
    ])

    await submit('att_1')
    await events.relay()
    await jobs.runDue()

    expect(one.heard).toEqual([
      {
        id: expect.stringMatching(/^evt_/),
        type: 'attempt.submitted',
        tenantId: ctx.tenantId,
        data: submitted('att_1'),
        occurredAt: expect.any(Date),
        requestId: 'req-7',
        orderingKey: undefined,
      },
    ])
    expect(two.heard).toHaveLength(1)
    expect(all).toEqual(['attempt.submitted'])
    expect(other).toEqual([])
  })

  it('leaves the document as it was: no trace, no change of its timestamp', async () => {
    const { events } = set([listening().declared])
    await submit('att_1')
    const before = await AttemptModel.collection.findOne({ tenantId: ctx.tenantId })

    await events.relay()

    const after = await AttemptModel.collection.findOne({ tenantId: ctx.tenantId })
    expect(before).toHaveProperty('pendingEvents')
    expect(after).not.toHaveProperty('pendingEvents')
    expect(after?.['updatedAt']).toEqual(before?.['updatedAt'])
  })

  it('is on its way without anybody asking, whichever way it was written', async () => {
    const { heard, declared } = listening()
    const { events, jobs } = set([declared])
    events.start()
    await jobs.start()
    const { tenantId } = ctx
    const pending = (id: string) => [newEvent(ctx, 'attempt.submitted', submitted(id))]

    await submit('by-update')
    await AttemptModel.findOneAndUpdate(
      { _id: 'by-find', tenantId },
      pushEvent(ctx, 'attempt.submitted', submitted('by-find')),
      { upsert: true },
    )
    await AttemptModel.insertMany([
      { _id: 'by-insert', tenantId, pendingEvents: pending('by-insert') },
    ])
    await new AttemptModel({ _id: 'by-save', tenantId, pendingEvents: pending('by-save') }).save()
    await AttemptModel.bulkWrite([
      {
        updateOne: {
          filter: { _id: 'by-bulk', tenantId },
          update: pushEvent(ctx, 'attempt.submitted', submitted('by-bulk')),
          upsert: true,
        },
      },
    ])

    await until(() => heard.length === 5)
    expect(new Set(heard.map(({ data }) => data.attemptId))).toEqual(
      new Set(['by-update', 'by-find', 'by-insert', 'by-save', 'by-bulk']),
    )
  })

  it('holds identifiers only: what the catalogue does not name is left out, what is wrong refused', () => {
    const event = newEvent(ctx, 'user.signed_in', { userId: 'usr_1', ...{ email: 'a@b.example' } })

    expect(event.data).toEqual({ userId: 'usr_1' })
    // @ts-expect-error the type forbids it too
    expect(() => newEvent(ctx, 'user.signed_in', { userId: 5 })).toThrow()
  })

  it('may belong to no document', async () => {
    const heard: string[] = []
    const { events, jobs } = set([
      onEvent('user.signed_in', {
        consumer: 'test.sign-in',
        async handle(_ctx, { data }) {
          heard.push(data.userId)
        },
      }),
    ])

    await events.emit(ctx, 'user.signed_in', { userId: 'usr_1' })
    await jobs.runDue()

    expect(heard).toEqual(['usr_1'])
  })
})

describe('delivery', () => {
  it('is repeated until the consumer succeeds, and does not hold up other consumers', async () => {
    let failures = 2
    const heard: string[] = []
    const stubborn = onEvent('attempt.submitted', {
      consumer: 'test.stubborn',
      async handle(_ctx, event) {
        if (failures-- > 0) throw new Error('not yet')
        heard.push(event.data.attemptId)
      },
    })
    const other = listening('test.other')
    const { events } = set([stubborn, other.declared])
    let ahead = 1000
    const clock = () => Date.now() + ahead
    const jobs = createJobs({ definitions: events.jobs, log, clock })

    await submit('att_1')
    await events.relay()
    await jobs.runDue()
    expect(other.heard).toHaveLength(1)
    expect(heard).toEqual([])
    for (let i = 0; i < 2; i++) {
      ahead += 10_000
      await jobs.runDue()
    }

    expect(heard).toEqual(['att_1'])
  })

  it('keeps the order of one key through failures, and different keys do not wait for each other', async () => {
    const heard: string[] = []
    let failures = 1
    const consumer = onEvent('attempt.submitted', {
      consumer: 'test.ordered',
      async handle(_ctx, { data }) {
        if (data.attemptId === 'a0' && failures-- > 0) throw new Error('down')
        heard.push(data.attemptId)
      },
    })
    const { events } = set([consumer])
    let ahead = 1000
    const clock = () => Date.now() + ahead
    const jobs = createJobs({ definitions: events.jobs, log, clock })
    for (let i = 0; i < 5; i++) {
      await submit(`a${i}`, 'line-a')
      await submit(`b${i}`, 'line-b')
      if (i % 2) await events.relay()
    }
    await events.relay()

    await jobs.runDue()
    expect(heard).toEqual(['b0', 'b1', 'b2', 'b3', 'b4'])
    ahead += 10_000
    await jobs.runDue()

    expect(heard.slice(5)).toEqual(['a0', 'a1', 'a2', 'a3', 'a4'])
  })

  it('makes one job per event and consumer when four processes relay at once', async () => {
    const { heard, declared } = listening()
    const many = [1, 2, 3, 4].map(() => set([declared]))
    for (let i = 0; i < 20; i++) await submit(`att_${i}`)

    await Promise.all(many.map(({ events }) => events.relay()))
    await many[0]?.jobs.runDue()

    expect(heard).toHaveLength(20)
    expect(new Set(heard.map(({ data }) => data.attemptId)).size).toBe(20)
  })

  it('refuses two handlers of one consumer for the same event', () => {
    expect(() => set([listening('x').declared, listening('x').declared])).toThrow(TypeError)
  })
})

describe('a process that dies', () => {
  it('between the write and the relay loses nothing', async () => {
    const { tenantId } = ctx
    const child = fork(
      new URL('../../../tests/support/event-writer.ts', import.meta.url),
      [database.uri, database.dbName, tenantId],
      { execArgv: ['--import', 'tsx'] },
    )
    const acknowledged: string[] = []
    child.on('message', (id) => acknowledged.push(String(id)))
    await until(() => acknowledged.length >= 25, 20_000)
    child.kill('SIGKILL')
    await once(child, 'exit')

    const { heard, declared } = listening()
    const { events, jobs } = set([declared])
    await events.relay()
    await jobs.runDue()

    const delivered = new Set(heard.map(({ data }) => data.attemptId))
    expect(acknowledged.filter((id) => !delivered.has(id))).toEqual([])
    expect(heard).toHaveLength(delivered.size)
  })

  it.each([
    ['before the event was copied', async () => {}],
    [
      'after the event was copied',
      async () => {
        const row = await AttemptModel.findOne({ tenantId: ctx.tenantId }).lean<AttemptRow>()
        for (const event of row?.pendingEvents ?? []) {
          await EventModel.insertMany([
            { ...event, tenantId: ctx.tenantId, undelivered: true, expiresAt: new Date(9e12) },
          ])
        }
      },
    ],
    [
      'after the event left its document and before its jobs were made',
      async () => {
        const row = await AttemptModel.findOne({ tenantId: ctx.tenantId }).lean<AttemptRow>()
        for (const event of row?.pendingEvents ?? []) {
          await EventModel.insertMany([
            { ...event, tenantId: ctx.tenantId, undelivered: true, expiresAt: new Date(9e12) },
          ])
        }
        await AttemptModel.collection.updateMany({}, { $unset: { pendingEvents: 1 } })
      },
    ],
  ])('%s: the sweep delivers once', async (_when, die) => {
    const { heard, declared } = listening()
    const { events, jobs } = set([declared])
    await submit('att_1')
    await die()

    await events.relay()
    await events.relay()
    await jobs.runDue()

    expect(heard).toHaveLength(1)
    expect(await EventModel.countDocuments({ tenantId: ctx.tenantId, undelivered: true })).toBe(0)
  })

  it('leaves what the scheduled sweep picks up by itself', async () => {
    const { heard, declared } = listening()
    await submit('att_1')
    const { jobs } = set([declared])

    await jobs.start()

    await until(() => heard.length === 1)
  })
})
