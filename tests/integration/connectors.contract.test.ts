import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Connector,
  ConnectorError,
  describeForm,
  type RosterPage,
} from '../../backend/connector-kit/index.ts'
import { loadConnectors } from '../../backend/connectors/registry.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { createOutgoing } from '../../backend/core/outgoing/index.ts'
import { createVendors } from '../../backend/sandbox/vendors/index.ts'
import { collect, openConnector } from '../support/connector-context.ts'
import { consent, vendorCases } from '../support/vendor-cases.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const connectors = await loadConnectors()
const log = createLogger({ level: 'silent' })
const outgoing = createOutgoing({ allowPrivateNetworks: true, allowedPrivateUrlPrefixes: [], log })
const app = express()
const server = app.listen(0, '127.0.0.1')
/** Enough for several pages of everything. */
const users = 230
let base = ''
let vendors: ReturnType<typeof createVendors>

beforeAll(async () => {
  if (!server.listening) await new Promise((done) => server.once('listening', done))
  // A server that listens on a port has an address of this form.
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/vendors`
  vendors = createVendors({ baseUrl: base })
  app.use('/vendors', vendors.app)
})

afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await outgoing.close()
  await vendors.close()
})

function caseOf(id: string) {
  const known = vendorCases[id]
  if (!known) throw new TypeError(`${id} has no row in tests/support/vendor-cases.ts`)
  return known
}

async function dial(id: string, dials: object): Promise<void> {
  const answer = await fetch(`${base}/${id}/dials`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(dials),
  })
  expect(answer.status).toBe(200)
}

async function open(connector: Connector, options: { signal?: AbortSignal } = {}) {
  const settings = caseOf(connector.id).settings(base)
  const accessToken = await consent(connector, settings, outgoing.request)
  const send: typeof outgoing.request = (request) => outgoing.request(request)
  return openConnector(connector, {
    config: connector.config.parse(settings.config),
    credentials: connector.credentials.parse(settings.credentials),
    send,
    ...(accessToken !== undefined && { accessToken }),
    timeoutMs: 5000,
    retries: 0,
    ...options,
  })
}

type Opened = Awaited<ReturnType<typeof open>>

function pullOf({ capabilities: { roster, courses } }: Connector) {
  const capability = roster ?? courses
  return (opened: Opened, since?: string): AsyncIterable<RosterPage> => {
    if (!capability) throw new TypeError('nothing to pull')
    return capability.pull(opened.ctx, since)
  }
}

/** Every pulling or searching capability once. */
async function useAll(connector: Connector, opened: Opened): Promise<void> {
  const { roster, courses, content } = connector.capabilities
  for (const pull of [roster, courses]) if (pull) await collect(pull.pull(opened.ctx, undefined))
  if (content) {
    const { items } = await content.search(opened.ctx, { text: 'fractions', limit: 5 })
    await content.get(opened.ctx, items[0]?.id ?? 'none')
  }
}

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error = await work.then(
    () => new TypeError('it went well'),
    (cause: unknown) => cause,
  )
  if (!(error instanceof ConnectorError)) throw error
  return error
}

/** Everything of an error that reaches a log or a page. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.name} ${error.message} ${JSON.stringify(error)} ${textOf(error.cause ?? '')}`
}

function expectReadable(error: ConnectorError, opened: Opened): void {
  expect(error.message).toMatch(/^.{20,400}\.$/)
  expect(error.message).not.toMatch(/undefined|\[object|\bat .*\.ts/)
  const said = textOf(error) + JSON.stringify(opened.exchanges)
  const { credentials } = opened.ctx
  for (const [name, value] of Object.entries(credentials)) {
    if (name !== 'clientId') expect(said).not.toContain(String(value))
  }
  expect(said).not.toMatch(/Bearer \S/)
}

describe('the registry', () => {
  it('holds every folder under its name', () => {
    const folders = readdirSync(`${root}backend/connectors`, { withFileTypes: true })
    const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)

    expect([...connectors.keys()]).toEqual(names.sort())
    expect(names).toEqual(expect.arrayContaining(['canvas', 'moodle', 'oak', 'oneroster']))
  })
})

describe.each([...connectors.values()])('$id', (connector) => {
  const pulls = connector.capabilities.roster ?? connector.capabilities.courses
  const pull = pullOf(connector)

  beforeEach(async () => {
    await fetch(`${base}/${connector.id}/reset`, { method: 'POST' })
    if (pulls) await dial(connector.id, { users })
  })

  it('has a form in words, with its secrets marked', () => {
    const fields = [...describeForm(connector.config), ...describeForm(connector.credentials)]

    for (const { name, label, help, secret } of fields) {
      expect(label).not.toBe(name)
      expect(label.length).toBeGreaterThan(2)
      expect(help.length).toBeGreaterThan(10)
      expect(secret).toBe(/secret|token$|key$|password/i.test(name))
    }
    for (const field of describeForm(connector.config)) expect(field.secret).toBe(false)
    expect(fields.some(({ secret }) => secret)).toBe(true)
  })

  it('has a guide that names every field', () => {
    const file = `${root}${connector.setup}`
    expect(connector.setup).toBe(`docs/connectors/${connector.id}.md`)
    expect(existsSync(file)).toBe(true)

    const guide = readFileSync(file, 'utf8').toLowerCase()
    const fields = [...describeForm(connector.config), ...describeForm(connector.credentials)]
    for (const { label } of fields) expect(guide).toContain(label.toLowerCase())
    expect(connector.summary).toMatch(/^[A-Z].{20,150}\.$/)
  })

  it('is well where the vendor is, in all that it offers', async () => {
    const opened = await open(connector)

    await connector.health(opened.ctx)
    await useAll(connector, opened)
    for (const { run } of Object.values(connector.synthetic ?? {})) await run(opened.ctx)

    expect(opened.exchanges.length).toBeGreaterThan(1)
    expect(opened.exchanges.every(({ errorCode }) => errorCode === null)).toBe(true)
  })

  it.each([
    ['down', { down: true }, 'retry', 'unavailable'],
    ['dropping connections', { dropped: true }, 'retry', 'unreachable'],
    ['lying', { lying: true }, 'reject', 'not_what_it_says'],
    ['rate limiting', { rateLimited: true, retryAfterSeconds: 7 }, 'retry', 'rate_limited'],
  ])('says so when the vendor is %s', async (_name, dials, kind, code) => {
    for (const part of ['health', 'capabilities']) {
      await fetch(`${base}/${connector.id}/reset`, { method: 'POST' })
      const opened = await open(connector)
      await dial(connector.id, dials)

      const error = await failureOf(
        part === 'health'
          ? Promise.resolve(connector.health(opened.ctx))
          : useAll(connector, opened),
      )

      expect(error).toMatchObject({ kind, code })
      if (code === 'rate_limited') expect(error.retryAfterMs).toBe(7000)
      expectReadable(error, opened)
    }
  })

  it('gives up on a vendor that is too slow', async () => {
    const settings = caseOf(connector.id).settings(base)
    const accessToken = await consent(connector, settings, outgoing.request)
    const opened = openConnector(connector, {
      config: connector.config.parse(settings.config),
      credentials: connector.credentials.parse(settings.credentials),
      send: outgoing.request,
      ...(accessToken !== undefined && { accessToken }),
      timeoutMs: 300,
      retries: 0,
    })
    await dial(connector.id, { slowMs: 1500 })

    const error = await failureOf(Promise.resolve(connector.health(opened.ctx)))

    expect(error).toMatchObject({ kind: 'retry', code: 'timeout' })
    expectReadable(error, opened)
  })

  it('asks for a person when the credentials no longer count', async () => {
    const opened = await open(connector)
    await dial(connector.id, { expiredCredentials: true })

    for (const work of [connector.health, () => useAll(connector, opened)]) {
      const error = await failureOf(Promise.resolve(work(opened.ctx)))

      expect(error).toMatchObject({ kind: 'reauthorise', code: caseOf(connector.id).expired })
      expectReadable(error, opened)
    }
  })

  it('takes nothing over from a form it does not know, and says where', async () => {
    const opened = await open(connector)
    await dial(connector.id, { changedSchema: true })

    const error = await failureOf(useAll(connector, opened))
    expect(error).toMatchObject({ kind: 'reject', code: 'schema_changed' })
    expect(error.message).toMatch(/\$[.[]/)
    expectReadable(error, opened)
    if (caseOf(connector.id).healthSeesSchema) {
      const seen = await failureOf(Promise.resolve(connector.health(opened.ctx)))
      expect(seen.code).toBe('schema_changed')
    }
  })

  it.each([-7200, 7200])('works with a vendor whose clock is off by %i s', async (seconds) => {
    await dial(connector.id, { clockSkewSeconds: seconds })
    const opened = await open(connector)

    await connector.health(opened.ctx)
    await useAll(connector, opened)

    expect(opened.exchanges.every(({ errorCode }) => errorCode === null)).toBe(true)
  })

  it.runIf(pulls)('loses nothing: what there is is taken over or refused', async () => {
    const pages = await collect(pull(await open(connector)))

    for (const [kind, count] of Object.entries(caseOf(connector.id).source?.(users) ?? {})) {
      const { taken, refused } = tally(pages, kind)
      expect({ kind, count: taken.size + refused.length }).toEqual({ kind, count })
      for (const { path, reason } of refused) expect(`${path} ${reason}`).toMatch(/^\$\S* .{8,}/)
    }
    const refused = pages.flatMap((page) => page.refused ?? [])
    expect(refused.length > 0).toBe(caseOf(connector.id).listsOthers ?? true)
  })

  it.runIf(pulls)(
    'goes on from every cursor with the same records',
    async () => {
      const pages = await collect(pull(await open(connector)))
      expect(pages.length).toBeGreaterThan(3)

      for (const [index, { cursor }] of pages.slice(0, -1).entries()) {
        expect(cursor).toBeDefined()
        const rest = await collect(pull(await open(connector), cursor))
        expect(rest.map(withoutCursor)).toEqual(pages.slice(index + 1).map(withoutCursor))
      }
    },
    60_000,
  )

  it.runIf(pulls)('gives the same records twice', async () => {
    const first = await collect(pull(await open(connector)))
    const second = await collect(pull(await open(connector)))

    expect(second.map(withoutCursor)).toEqual(first.map(withoutCursor))
  })

  it.runIf(pulls)('stops when nobody waits any more', async () => {
    const controller = new AbortController()
    const opened = await open(connector, { signal: controller.signal })
    const seen: RosterPage[] = []

    const pulling = (async () => {
      for await (const page of pull(opened)) {
        seen.push(page)
        controller.abort()
      }
    })()

    await expect(pulling).rejects.toThrow(/abort/i)
    expect(seen).toHaveLength(1)
  })
})

/** The times in the last cursor differ from run to run. */
const withoutCursor = ({ cursor: _cursor, ...page }: RosterPage) => page

function tally(pages: readonly RosterPage[], kind: string) {
  const records = pages.flatMap((page) => {
    const rows = Object.entries(page).find(([name]) => name === kind)?.[1]
    return Array.isArray(rows) ? rows : []
  })
  return {
    taken: new Set(records.map(({ sourcedId }) => sourcedId)),
    refused: pages.flatMap(({ refused = [] }) => refused.filter((one) => one.kind === kind)),
  }
}

describe('oneroster', () => {
  const oneroster = connectors.get('oneroster')
  if (!oneroster) throw new TypeError('no OneRoster')
  const pull = pullOf(oneroster)

  beforeEach(async () => {
    await fetch(`${base}/oneroster/reset`, { method: 'POST' })
  })

  it('says how many there should have been where the vendor loses rows', async () => {
    await dial('oneroster', { users, missingRowsPercent: 10 })

    const pages = await collect(pull(await open(oneroster)))

    const { taken, refused } = tally(pages, 'users')
    const total = pages.find((page) => page.total?.users !== undefined)?.total?.users
    expect(taken.size + refused.length).toBeLessThan(total ?? 0)
  })

  it('asks only for what changed after a complete pull', async () => {
    const complete = await collect(pull(await open(oneroster)))
    const cursor = complete.at(-1)?.cursor
    // The simulated records end months before the clock: nothing changed since.
    const after = await collect(pull(await open(oneroster), cursor))

    expect(tally(complete, 'users').taken.size).toBeGreaterThan(0)
    expect(tally(after, 'users').taken.size).toBe(0)
    expect(after.at(-1)?.cursor).toBeDefined()
  })

  it('fetches a new token in the middle of a pull when the old one ends', async () => {
    await dial('oneroster', { users, tokenLifeSeconds: 1, slowMs: 150 })
    const opened = await open(oneroster)

    const pages = await collect(pull(opened))

    const tokens = opened.exchanges.filter(({ path }) => path.endsWith('/oauth/token'))
    expect(tokens.length).toBeGreaterThan(1)
    expect(tally(pages, 'users').taken.size).toBeGreaterThan(users / 2)
  })
})

describe('canvas', () => {
  it('takes the rate limit of older releases, a 403, for one', async () => {
    const canvas = connectors.get('canvas')
    if (!canvas) throw new TypeError('no Canvas')
    const opened = await open(canvas)
    await dial('canvas', { rateLimited: true, throttleAs403: true, retryAfterSeconds: 3 })

    const error = await failureOf(Promise.resolve(canvas.health(opened.ctx)))

    expect(error).toMatchObject({ kind: 'retry', code: 'rate_limited', retryAfterMs: 3000 })
    await dial('canvas', { rateLimited: false, throttleAs403: false })
  })
})
