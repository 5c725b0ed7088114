import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createEvents } from '../../backend/core/events/index.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { createOutgoing } from '../../backend/core/outgoing/index.ts'
import { createSecrets } from '../../backend/core/secrets/index.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import { AlertModel } from '../../backend/modules/alerts/alert-store.ts'
import { GroupModel } from '../../backend/modules/alerts/group-store.ts'
import { createAlertsModule, createMail, outboxModels } from '../../backend/modules/alerts/index.ts'
import { RouteModel } from '../../backend/modules/alerts/route-store.ts'
import { RuleModel } from '../../backend/modules/alerts/rule-store.ts'
import { SilenceModel } from '../../backend/modules/alerts/silence-store.ts'
import {
  findStanding,
  findUnresolvedOf,
  outboxModels as problemModels,
} from '../../backend/modules/problems/index.ts'
import { ProblemModel } from '../../backend/modules/problems/store.ts'
import type { Alert, AlertRouteBody, AlertRuleBody } from '../../shared/api/alerts.ts'
import { type Client, createClient } from '../../shared/api/client.ts'
import { useTestDatabase } from '../support/database.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { type ModuleServer, serveModules } from '../support/module-server.ts'
import { createProblemWorld } from '../support/problem-world.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

useTestDatabase()
const log = createLogger({ level: 'silent' })
const publicUrl = 'https://connect.example.org'
const schools = Array.from({ length: 12 }, (_, no) => `ten_school${no}`)
const world = createProblemWorld([
  { id: 'platform', kind: 'platform', parentId: null },
  { id: 'ten_trust', kind: 'trust', parentId: 'platform' },
  { id: 'ten_north', kind: 'school', parentId: 'ten_trust' },
  { id: 'ten_try', kind: 'sandbox', parentId: 'platform' },
  ...schools.map((id) => ({ id, kind: 'school', parentId: 'ten_trust' })),
])
const secrets = createSecrets({ masterKey: randomBytes(32) })
const outgoing = createOutgoing({ allowPrivateNetworks: true, allowedPrivateUrlPrefixes: [], log })
let mailServer: MailServer
let receiver: WebhookReceiver
let server: ModuleServer
let rolesOfReader: readonly string[] | null = null

function createAlerts(hasMail = true) {
  return createAlertsModule({
    publicUrl,
    secrets,
    outgoing,
    mail: hasMail
      ? createMail({ smtpUrl: mailServer.url, from: 'EdPsych <alerts@example.org>', publicUrl })
      : null,
    problems: { findStanding, findUnresolvedOf },
    lineageOf: world.lineageOf,
    treeOf: world.treeOf,
    rolesOf: async () => rolesOfReader,
    connectorName: (id) => (id === 'moodle' ? 'Moodle' : id),
    publish: (tenantId, topic, message) => world.published.push({ tenantId, topic, message }),
    log,
    now: world.now,
  })
}
let alerts: ReturnType<typeof createAlerts>
let events: ReturnType<typeof createEvents>

beforeAll(async () => {
  mailServer = await startMailServer()
  receiver = await startWebhookReceiver()
  alerts = createAlerts()
  events = createEvents({
    consumers: alerts.consumers,
    models: [...problemModels, ...outboxModels],
    log,
  })
  server = await serveModules(() => ({
    modules: [world.problems, alerts],
    bearer: [
      {
        prefix: 'ten_',
        authenticate: async (token) => systemContext(token.split('!')[0] ?? '', token, 'req-test'),
      },
    ],
  }))
})
afterAll(async () => {
  await events.stop()
  await server.close()
  await receiver.close()
  await mailServer.close()
  await outgoing.close()
})

beforeEach(async () => {
  const acrossTenants = 'a clean slate'
  for (const model of [ProblemModel, AlertModel, GroupModel, RuleModel, RouteModel, SilenceModel]) {
    // What came with an organisation stays. One type of model stands for all: only what is deleted matters.
    const filter = { isDefault: { $ne: true } } as object
    await (model as typeof ProblemModel).deleteMany(filter, { acrossTenants, withRemoved: true })
  }
  world.setTime('2026-11-23T08:00:00Z')
  rolesOfReader = null
  receiver.answer((_webhook, res) => res.writeHead(204).end())
})
afterEach(() => {
  mailServer.refuse(null)
  mailServer.received.length = 0
  receiver.received.length = 0
})

function clientOf(token: string): Client {
  return createClient({
    // The address is known only once the server listens.
    baseUrl: 'http://server.invalid',
    fetch: (url, init) => fetch(String(url).replace('http://server.invalid', server.url), init),
    headers: () => ({ authorization: `Bearer ${token}` }),
  })
}
const north = clientOf('ten_north')

let lastId = 0
function connect(tenantId = 'ten_north', facts = {}): string {
  lastId += 1
  return world.connect(tenantId, `con_a${String(lastId).padStart(6, '0')}`, facts)
}

/** Time passes, events arrive, and what is due is decided and sent. */
async function later(minutes: number): Promise<void> {
  await events.relay()
  world.pass(minutes)
  await events.relay()
  await alerts.run()
}

async function addRoute(body: AlertRouteBody, client = north) {
  return client('POST /api/v1/alert-routes', { body })
}

async function addRule(body: Partial<AlertRuleBody> & { routeIds: string[] }, client = north) {
  return client('POST /api/v1/alert-rules', { body: { name: 'Ours', ...body } })
}

const webhookRoute = () =>
  addRoute({
    kind: 'webhook',
    name: 'Helpdesk',
    enabled: true,
    url: `${receiver.url}/hook?token=very-secret`,
  })

async function alertsOf(client = north, query = {}): Promise<Alert[]> {
  return (
    await client('GET /api/v1/alerts', { query: { limit: 200, sort: '-createdAt', ...query } })
  ).data
}

describe('without any set-up', () => {
  it('what is grave appears in the administration, and its end', async () => {
    const id = connect()
    await world.fail('ten_north', id, 'unauthorised')
    await later(0.5)
    const tooEarly = await alertsOf()
    await later(1)
    const first = await alertsOf()
    for (let minutes = 0; minutes <= 65; minutes += 5) {
      world.pass(5)
      await world.work('ten_north', id)
    }
    await later(2)

    expect(tooEarly).toEqual([])
    expect(first).toMatchObject([
      {
        kind: 'problem',
        channel: 'in-app',
        status: 'sent',
        severity: 'critical',
        title: `Connection ${id}: The other system does not accept our sign-in`,
        routeName: 'Administration',
        problemCount: 1,
        read: false,
      },
    ])
    expect(first[0]?.text).toContain('Enter it under “Credentials”')
    expect((await alertsOf()).map(({ kind }) => kind)).toEqual(['resolved', 'problem'])
    expect((await alertsOf())[0]?.title).toBe(`Works again: Connection ${id}`)
  })

  it('is left alone what is only worth knowing', async () => {
    await world.fail('ten_north', connect(), 'rate_limited')
    await later(2)

    expect(await alertsOf()).toEqual([])
  })

  it('each reader marks alerts as read alone, and the inbox knows roles', async () => {
    await world.fail('ten_north', connect())
    await later(2)
    const [alert] = await alertsOf()
    const other = clientOf('ten_north!other')
    await north('POST /api/v1/alerts/:id/read', { params: { id: alert?.id ?? '' } })

    expect(await alertsOf(north, { unread: 'true' })).toEqual([])
    expect(await alertsOf(other, { unread: 'true' })).toHaveLength(1)
    rolesOfReader = ['teacher']
    expect(await alertsOf(north, { inbox: 'true' })).toEqual([])
    rolesOfReader = ['school-admin']
    expect(await alertsOf(north, { inbox: 'true' })).toHaveLength(1)
  })

  it('watchers hear of it in the room of their organisation', async () => {
    world.published.length = 0
    await world.fail('ten_north', connect())
    await later(2)

    const heard = world.published.filter(({ topic }) => topic === 'alerts')
    expect(heard).toMatchObject([
      { tenantId: 'ten_north', message: { kind: 'alert.changed', alert: { status: 'sent' } } },
    ])
  })
})

describe('many at once', () => {
  it('1,000 failing connections of a school are one alert by each way', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id] })
    const ids = Array.from({ length: 1000 }, () => connect())
    for (let at = 0; at < ids.length; at += 100) {
      await Promise.all(
        ids.slice(at, at + 100).map((id) => world.fail('ten_north', id, 'unavailable')),
      )
      // They fail over five minutes, as checks find out.
      world.pass(0.5)
      await events.relay()
      await alerts.run()
    }
    for (let minutes = 0; minutes < 120; minutes += 5) await later(5)

    const sent = await alertsOf()
    // At once, and an hour later what had joined: in the administration and by the webhook.
    expect(
      sent.map(({ kind, channel }) => `${kind} ${channel}`).sort((a, b) => a.localeCompare(b)),
    ).toEqual(['problem in-app', 'problem webhook', 'update in-app', 'update webhook'])
    const told = sent.filter(({ channel }) => channel === 'webhook')
    expect(told.reduce((sum, { problemCount }) => sum + problemCount, 0)).toBe(1000)
    expect(receiver.received).toHaveLength(2)
    const [, update] = receiver.received
    expect(update?.body.length).toBeLessThan(100_000)
    expect(await ProblemModel.countDocuments({ tenantId: 'ten_north' })).toBe(1000)
  }, 120_000)

  it('the same vendor failing for many schools is one alert for each, one for the trust and one upstream', async () => {
    const trust = clientOf('ten_trust')
    const route = await addRoute(
      { kind: 'in-app', name: 'Trust', enabled: true, roles: ['trust-admin'] },
      trust,
    )
    await addRule({ routeIds: [route.id], includeBelow: true }, trust)
    for (const school of schools) {
      await Promise.all([1, 2, 3].map(() => world.fail(school, connect(school), 'unavailable')))
    }
    await events.relay()
    await world.problems.look()
    await later(2)

    for (const school of schools) {
      expect(await alertsOf(clientOf(school))).toMatchObject([{ problemCount: 3 }])
    }
    expect(await alertsOf(trust)).toMatchObject([
      { title: 'Moodle, 36 connections: The other system has a failure', problemCount: 36 },
    ])
    const upstream = await AlertModel.find({ tenantId: 'platform' }).lean()
    expect(upstream).toMatchObject([
      { title: 'Moodle: A system fails for several organisations at once', severity: 'critical' },
    ])
  }, 60_000)
})

describe('ways', () => {
  it('e-mail arrives by SMTP, readable and recognisable', async () => {
    const route = await addRoute({
      kind: 'email',
      name: 'Office',
      enabled: true,
      to: ['office@north.example'],
    })
    await addRule({ routeIds: [route.id] })
    const id = connect()
    await world.fail('ten_north', id, 'unauthorised')
    await later(2)

    expect(mailServer.received).toHaveLength(1)
    const [mail] = mailServer.received
    const [alert] = await alertsOf(north, { channel: 'email' })
    expect(mail?.to).toEqual(['office@north.example'])
    expect(mail?.header('Subject')).toContain(`Connection ${id}`)
    expect(mail?.header('Message-ID')).toBe(`<${alert?.id}@connect.example.org>`)
    expect(mail?.header('Auto-Submitted')).toBe('auto-generated')
    const text = mail?.raw.replaceAll('=\r\n', '')
    expect(text).toContain(`${publicUrl}/admin/problems/prb_`)
  })

  it('webhooks are signed as Standard Webhooks 1.0.0 says', async () => {
    const { Webhook } = await import('standardwebhooks')
    world.setTime(new Date().toISOString())
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id] })
    await world.fail('ten_north', connect())
    await later(0)
    world.pass(1)
    await alerts.run()

    const [delivery] = receiver.received
    const headers = Object.fromEntries(
      Object.entries(delivery?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    )
    expect(new Webhook(route.secret ?? '').verify(delivery?.body ?? '', headers)).toMatchObject({
      type: 'alert.problem',
      data: {
        severity: 'warning',
        problemCount: 1,
        problems: [{ cause: 'timeout', tenantId: 'ten_north' }],
      },
    })
    expect(delivery?.path).toBe('/hook?token=very-secret')
  })

  it('Teams gets an Adaptive Card and Slack gets blocks, with names that format nothing', async () => {
    const teams = await addRoute({
      kind: 'teams',
      name: 'Teams',
      enabled: true,
      url: `${receiver.url}/teams`,
    })
    const slack = await addRoute({
      kind: 'slack',
      name: 'Slack',
      enabled: true,
      url: `${receiver.url}/slack`,
    })
    await addRule({ routeIds: [teams.id, slack.id] })
    await world.fail(
      'ten_north',
      connect('ten_north', { name: '<!channel> [x](http://evil.example) *' }),
    )
    await later(2)

    const byPath = new Map(receiver.received.map((one) => [one.path, JSON.parse(one.body)]))
    const card = byPath.get('/teams').attachments[0]
    expect(card.contentType).toBe('application/vnd.microsoft.card.adaptive')
    expect(card.content).toMatchObject({
      type: 'AdaptiveCard',
      actions: [{ type: 'Action.OpenUrl' }],
    })
    expect(card.content.body[0].text).toContain('\\[x\\](http://evil.example) \\*')
    const message = byPath.get('/slack')
    expect(message.blocks.map(({ type }: { type: string }) => type)).toContain('header')
    expect(message.text).toContain('&lt;!channel&gt;')
  })

  it('keep their addresses to themselves', async () => {
    const made = await webhookRoute()
    const shown = JSON.stringify([
      made,
      await north('GET /api/v1/alert-routes', { query: { limit: 50, sort: '-createdAt' } }),
    ])
    const stored = JSON.stringify(
      await RouteModel.findOne({ _id: made.id, tenantId: 'ten_north' }).lean(),
    )

    expect(made.secret).toMatch(/^whsec_/)
    expect(shown).not.toContain('very-secret')
    expect(stored).not.toMatch(/very-secret|whsec_/)
    expect(made.url).toBe(`https://${new URL(receiver.url).host}/…`)
  })

  it('are tried out at once, with what came of it', async () => {
    const hook = await webhookRoute()
    const mail = await addRoute({
      kind: 'email',
      name: 'Office',
      enabled: true,
      to: ['office@north.example'],
    })
    const test = (id: string) => north('POST /api/v1/alert-routes/:id/test', { params: { id } })

    expect(await test(hook.id)).toEqual({ ok: true, detail: 'Sent.' })
    expect(await test(mail.id)).toEqual({ ok: true, detail: 'Sent.' })
    receiver.answer((_webhook, res) => res.writeHead(500).end('secret of the receiver'))
    mailServer.refuse({ code: 550, message: 'no such user office@north.example' })
    expect(await test(hook.id)).toEqual({
      ok: false,
      detail: 'The receiver answered with the status 500.',
    })
    const refused = await test(mail.id)
    expect(refused.ok).toBe(false)
    expect(refused.detail).not.toContain('office@')
    expect(refused.detail).toContain('550')
    const shown = await north('GET /api/v1/alert-routes/:id', { params: { id: hook.id } })
    expect(shown).toMatchObject({ lastError: 'The receiver answered with the status 500.' })
  })

  it('say that there is no mail server where there is none', async () => {
    const without = createAlerts(false)
    const other = await serveModules(() => ({
      modules: [without],
      bearer: [
        { prefix: 'ten_', authenticate: async (token) => systemContext(token, 'test', 'req') },
      ],
    }))
    const client = createClient({
      baseUrl: other.url,
      headers: () => ({ authorization: 'Bearer ten_north' }),
    })
    const route = await client('POST /api/v1/alert-routes', {
      body: { kind: 'email', name: 'Office', to: ['office@north.example'] },
    })
    const tried = await client('POST /api/v1/alert-routes/:id/test', { params: { id: route.id } })
    await other.close()

    expect(route.ready).toBe(false)
    expect(tried.detail).toContain('EDPSYCH_SMTP_URL')
  })

  it('are tried again with pauses, and neither lost nor doubled over a restart', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id] })
    receiver.answer((_webhook, res) => res.writeHead(503).end())
    await world.fail('ten_north', connect())
    await later(2)
    const [waiting] = await alertsOf(north, { channel: 'webhook' })
    await alerts.run()
    const triesAtOnce = receiver.received.length
    receiver.answer((_webhook, res) => res.writeHead(204).end())

    // Two fresh processes at once.
    world.pass(1)
    await Promise.all([createAlerts().run(), createAlerts().run()])

    expect(waiting).toMatchObject({
      status: 'waiting',
      attempts: 1,
      lastError: 'The receiver answered with the status 503.',
    })
    expect(triesAtOnce).toBe(1)
    expect(receiver.received).toHaveLength(2)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    expect(await alertsOf(north, { channel: 'webhook' })).toMatchObject([
      { status: 'sent', attempts: 2 },
    ])
  })

  it('give up after several tries, and say why', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id] })
    receiver.answer((_webhook, res) => res.writeHead(500).end())
    await world.fail('ten_north', connect())
    for (let no = 0; no < 12; no++) await later(100)

    expect(await alertsOf(north, { channel: 'webhook', kind: 'problem' })).toMatchObject([
      { status: 'failed', attempts: 7 },
    ])
  })
})

describe('a process that was killed', () => {
  it('after it decided: others write what it decided, once', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id] })
    receiver.answer((_webhook, res) => res.writeHead(503).end())
    await world.fail('ten_north', connect())
    await later(2)
    // As it is between the decision and the writing of its alerts.
    const decided = await AlertModel.find({ tenantId: 'ten_north', channel: 'webhook' }).lean()
    const [alert] = decided
    await AlertModel.deleteMany({ tenantId: 'ten_north', channel: 'webhook' })
    await GroupModel.updateOne(
      { tenantId: 'ten_north', ruleId: alert?.ruleId ?? '' },
      {
        $set: {
          outbox: decided.map((row) => ({ ...row, attempts: 0, dueAt: world.now() })),
          dueAt: world.now(),
        },
      },
    )
    receiver.answer((_webhook, res) => res.writeHead(204).end())
    receiver.received.length = 0

    await Promise.all([createAlerts().run(), createAlerts().run()])
    await later(10)

    expect(receiver.received.map(({ id }) => id)).toEqual([alert?._id])
    expect(await alertsOf(north, { channel: 'webhook' })).toMatchObject([
      { id: alert?._id, status: 'sent' },
    ])
  })

  it('while it sent: another sends it when the lease is over, under the same id', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id] })
    receiver.answer((_webhook, res) => res.writeHead(503).end())
    await world.fail('ten_north', connect())
    await later(2)
    const [waiting] = await alertsOf(north, { channel: 'webhook' })
    await AlertModel.updateOne(
      { tenantId: 'ten_north', _id: waiting?.id ?? '' },
      { $set: { claim: 'of the killed one', dueAt: new Date(world.now().getTime() + 120_000) } },
    )
    receiver.answer((_webhook, res) => res.writeHead(204).end())
    receiver.received.length = 0

    world.pass(1)
    await createAlerts().run()
    const during = receiver.received.length
    world.pass(2)
    await createAlerts().run()

    expect(during).toBe(0)
    expect(receiver.received.map(({ id }) => id)).toEqual([waiting?.id])
  })
})

describe('quiet hours', () => {
  const quietHours = {
    days: [1, 2, 3, 4, 5, 6, 7],
    from: '18:00',
    to: '07:00',
    timezone: 'Europe/London',
    criticalPasses: true,
  }

  it('hold back until morning what is not critical, and say so', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id], quietHours })
    world.setTime('2026-11-23T22:00:00Z')
    await world.fail('ten_north', connect(), 'timeout')
    await later(2)
    const [held] = await alertsOf(north, { channel: 'webhook' })
    const sentAtNight = receiver.received.length
    world.setTime('2026-11-24T07:00:30Z')
    await alerts.run()

    expect(held).toMatchObject({
      status: 'held',
      heldBecause: 'quiet-hours',
      dueAt: '2026-11-24T07:00:00.000Z',
      attempts: 0,
    })
    expect(sentAtNight).toBe(0)
    expect(receiver.received).toHaveLength(1)
    expect(await alertsOf(north, { channel: 'webhook' })).toMatchObject([
      { status: 'sent', heldBecause: 'quiet-hours' },
    ])
  })

  it('let pass what is critical, where the rule says so', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id], quietHours })
    world.setTime('2026-11-23T22:00:00Z')
    await world.fail('ten_north', connect(), 'unauthorised')
    await later(2)

    expect(receiver.received).toHaveLength(1)
  })

  it('tell in the morning what was over by then, once', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id], quietHours })
    world.setTime('2026-11-23T22:00:00Z')
    const id = connect()
    await world.fail('ten_north', id)
    await later(2)
    for (let minutes = 0; minutes <= 65; minutes += 5) {
      world.pass(5)
      await world.work('ten_north', id)
    }
    await later(2)
    world.setTime('2026-11-24T07:00:30Z')
    await alerts.run()

    expect(receiver.received.map((one) => one.json().data)).toMatchObject([
      { title: `Works again: Connection ${id}`, isOver: true },
    ])
  })
})

describe('a digest', () => {
  it('tells a day in one, and what is critical at once', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id], digest: { at: '16:00', timezone: 'Europe/London' } })
    await world.fail('ten_north', connect('ten_north', { connectorId: 'canvas' }))
    await later(10)
    await world.fail('ten_north', connect('ten_north', { connectorId: 'oneroster' }))
    await later(10)
    await world.fail('ten_north', connect(), 'unauthorised')
    await later(10)
    const atOnce = receiver.received.map((one) => one.json().data['severity'])
    const [held] = await alertsOf(north, { channel: 'webhook', status: 'held' })
    world.setTime('2026-11-23T16:00:10Z')
    await alerts.run()
    await later(24 * 60)

    expect(atOnce).toEqual(['critical'])
    expect(held).toMatchObject({
      kind: 'digest',
      heldBecause: 'digest',
      problemCount: 2,
      dueAt: '2026-11-23T16:00:00.000Z',
    })
    expect(receiver.received.map((one) => one.json().type)).toEqual([
      'alert.problem',
      'alert.digest',
    ])
    expect(receiver.received[1]?.json().data).toMatchObject({
      title: 'Daily summary: 2 systems, 2 connections: The other system takes too long to answer',
    })
  })
})

describe('a silence', () => {
  const silence = (match: object, endsAt: string) =>
    north('POST /api/v1/silences', { body: { reason: 'Works on the server', match, endsAt } })

  it('holds alerts, and lets go of what still lasts at its end', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id] })
    const [short, long, other] = [connect(), connect(), connect()]
    await silence({ connectionIds: [short, long] }, '2026-11-23T12:00:00Z')
    for (const id of [short, long, other]) await world.fail('ten_north', id)
    await later(2)
    const during = receiver.received.map((one) => one.json().data['problemCount'])
    const held = await alertsOf(north, { channel: 'webhook', status: 'held' })
    world.setTime('2026-11-23T12:00:30Z')
    await alerts.run()

    expect(during).toEqual([1])
    expect(held).toMatchObject([
      { heldBecause: 'silence', problemCount: 2, dueAt: '2026-11-23T12:00:00.000Z' },
    ])
    expect(receiver.received).toHaveLength(2)
  })

  it('keeps for ever what is over before it ends', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id] })
    const id = connect()
    await silence({ connectorIds: ['moodle'] }, '2026-11-23T12:00:00Z')
    await world.fail('ten_north', id)
    await later(2)
    for (let minutes = 0; minutes <= 65; minutes += 5) {
      world.pass(5)
      await world.work('ten_north', id)
    }
    await later(2)
    world.setTime('2026-11-23T12:00:30Z')
    await alerts.run()

    expect(receiver.received).toEqual([])
    expect(await alertsOf(north, { channel: 'webhook' })).toMatchObject([
      { status: 'dropped', lastError: 'It was over before the silence was' },
    ])
  })

  it('that is ended early lets go at once', async () => {
    const route = await webhookRoute()
    await addRule({ routeIds: [route.id] })
    const { id } = await silence({}, '2026-11-25T12:00:00Z')
    await world.fail('ten_north', connect())
    await later(2)
    const before = receiver.received.length
    await north('DELETE /api/v1/silences/:id', { params: { id } })
    await alerts.run()

    expect([before, receiver.received.length]).toEqual([0, 1])
  })
})

describe('escalation', () => {
  it('reaches the next where nobody acknowledges, and nobody where somebody does', async () => {
    const first = await webhookRoute()
    const boss = await addRoute({
      kind: 'email',
      name: 'Head',
      enabled: true,
      to: ['head@north.example'],
    })
    await addRule({ routeIds: [first.id], escalation: { afterMinutes: 30, routeIds: [boss.id] } })
    await world.fail('ten_north', connect('ten_north', { connectorId: 'canvas' }))
    await world.fail('ten_north', connect('ten_north', { connectorId: 'oneroster' }))
    await later(2)
    const query = { connectorId: 'canvas', limit: 1, sort: '-createdAt' as const }
    const [taken] = (await north('GET /api/v1/problems', { query })).data
    await north('POST /api/v1/problems/:id/acknowledge', {
      params: { id: taken?.id ?? '' },
      body: { note: 'Mine' },
    })
    await later(31)
    await later(60)

    expect(mailServer.received.map((mail) => mail.header('Subject'))).toEqual([
      expect.stringContaining('Nobody has taken this'),
    ])
    expect(mailServer.received[0]?.raw).toContain('Connection con_')
  })
})

describe('settings', () => {
  it('refuse ways that do not exist, and keep what is in use', async () => {
    const route = await webhookRoute()
    const rule = await addRule({ routeIds: [route.id] })
    const code = (call: Promise<unknown>) =>
      call.then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
    const [fallback] = (
      await north('GET /api/v1/alert-rules', { query: { limit: 50, sort: 'createdAt' } })
    ).data.filter(({ isDefault }) => isDefault)

    expect(await code(addRule({ routeIds: ['alt_nowhere'] }))).toBe('alert_option_invalid')
    expect(await code(north('DELETE /api/v1/alert-routes/:id', { params: { id: route.id } }))).toBe(
      'alert_in_use',
    )
    expect(
      await code(north('DELETE /api/v1/alert-rules/:id', { params: { id: fallback?.id ?? '' } })),
    ).toBe('alert_in_use')
    expect(
      await code(
        north('PATCH /api/v1/alert-routes/:id', {
          params: { id: route.id },
          body: { to: ['a@b.example'] },
        }),
      ),
    ).toBe('alert_option_invalid')
    await north('DELETE /api/v1/alert-rules/:id', { params: { id: rule.id } })
    expect(await code(north('DELETE /api/v1/alert-routes/:id', { params: { id: route.id } }))).toBe(
      'done',
    )
  })

  it('send no mail from sandboxes', async () => {
    const tryOut = clientOf('ten_try')
    const mail = addRoute(
      { kind: 'email', name: 'Spam', enabled: true, to: ['anybody@elsewhere.example'] },
      tryOut,
    )

    await expect(mail).rejects.toMatchObject({ code: 'alert_option_invalid' })
  })

  it('of another school stay out of reach', async () => {
    const route = await webhookRoute()
    const rule = await addRule({ routeIds: [route.id] })
    const silence = await north('POST /api/v1/silences', {
      body: { reason: 'x', endsAt: '2026-12-24T00:00:00Z' },
    })
    await world.fail('ten_north', connect())
    await later(2)
    const [alert] = await alertsOf(north, { channel: 'webhook' })
    const hostile = clientOf(schools[0] ?? '')
    const of = (id = '') => ({ params: { id } })

    expect(await alertsOf(hostile)).toEqual([])
    for (const act of [
      () => hostile('GET /api/v1/alert-rules/:id', of(rule.id)),
      () => hostile('PATCH /api/v1/alert-rules/:id', { ...of(rule.id), body: { enabled: false } }),
      () => hostile('DELETE /api/v1/alert-rules/:id', of(rule.id)),
      () => hostile('GET /api/v1/alert-routes/:id', of(route.id)),
      () => hostile('POST /api/v1/alert-routes/:id/test', of(route.id)),
      () => hostile('DELETE /api/v1/alert-routes/:id', of(route.id)),
      () => hostile('GET /api/v1/alerts/:id', of(alert?.id)),
      () => hostile('POST /api/v1/alerts/:id/read', of(alert?.id)),
      () => hostile('DELETE /api/v1/silences/:id', of(silence.id)),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: 'not_found' })
    }
    await expect(addRule({ routeIds: [route.id] }, hostile)).rejects.toMatchObject({
      code: 'alert_option_invalid',
    })
  })
})
