import { describe, expect, it } from 'vitest'
import { pair, type Surroundings, search, unpair } from './edpsych.ts'
import type { Area } from './pairing-store.ts'
import { problemOf } from './problem.ts'

const server = 'https://connect.example.sch.uk'
const now = new Date('2026-11-23T09:00:00Z')
const granted = {
  token: 'edp_ext_1',
  expiresAt: '2027-02-21T09:00:00Z',
  user: { name: 'Ada Teacher' },
  tenant: { id: 'ten_1', name: 'Harbour Learning Trust' },
}
const attempt = { server, code: 'ABCD-EFGH', keep: false }

interface Call {
  readonly route: string
  readonly init: RequestInit
}

/** A browser around the calls, with a server that gives these answers in turn. */
function surroundings(...answers: (Response | Error)[]) {
  const calls: Call[] = []
  const session = new Map<string, unknown>()
  const local = new Map<string, unknown>()
  const given: Surroundings = {
    areas: { session: areaOf(session), local: areaOf(local) },
    now: () => now,
    device: 'Chrome on Linux',
    hasPermission: () => Promise.resolve(true),
    fetch: (input, init = {}) => {
      calls.push({ route: `${init.method} ${String(input)}`, init })
      const answer = answers.shift() ?? new Error('no more answers')
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
  }
  return { given, calls, session, local }
}

function areaOf(entries: Map<string, unknown>): Area {
  return {
    get: (key) => Promise.resolve(entries.has(key) ? { [key]: entries.get(key) } : {}),
    set: (added) => {
      for (const [key, value] of Object.entries(added)) entries.set(key, value)
      return Promise.resolve()
    },
    remove: (key) => {
      entries.delete(key)
      return Promise.resolve()
    },
  }
}

const json = (payload: unknown, status = 200) =>
  new Response(JSON.stringify(payload), {
    status,
    headers: { 'content-type': 'application/json' },
  })
const problem = (status: number, code: string) => json({ code, requestId: 'req_1' }, status)
const emptyPage = { data: [], nextCursor: null }

async function problemIn(promise: Promise<unknown>) {
  return promise.then(() => undefined, problemOf)
}

describe('pair', () => {
  it('sends the code and the device, and no cookie, referrer or redirect', async () => {
    const { given, calls } = surroundings(json(granted, 201))

    const status = await pair(given, { ...attempt, server: `${server}/admin`, code: 'abcdefgh' })

    expect(status).toEqual({
      server,
      ended: false,
      paired: {
        user: 'Ada Teacher',
        tenant: 'Harbour Learning Trust',
        expiresAt: granted.expiresAt,
        kept: false,
      },
    })
    expect(calls[0]?.route).toBe(`POST ${server}/api/v1/extension/pairings`)
    expect(JSON.parse(String(calls[0]?.init.body))).toEqual({
      code: 'ABCD-EFGH',
      device: 'Chrome on Linux',
    })
    expect(calls[0]?.init).toMatchObject({
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    })
  })

  it('never gives the token to the pages', async () => {
    const { given } = surroundings(json(granted, 201))

    expect(JSON.stringify(await pair(given, attempt))).not.toContain(granted.token)
  })

  it('stores the token where the person chose', async () => {
    const inMemory = surroundings(json(granted, 201))
    await pair(inMemory.given, attempt)
    expect(inMemory.session.has('pairing')).toBe(true)
    expect(inMemory.local.has('pairing')).toBe(false)

    const onDisk = surroundings(json(granted, 201))
    await pair(onDisk.given, { ...attempt, keep: true })
    expect(onDisk.session.has('pairing')).toBe(false)
    expect(onDisk.local.has('pairing')).toBe(true)
  })

  it('falls back to the disk in a browser without storage in memory', async () => {
    const { given, local } = surroundings(json(granted, 201))

    await pair({ ...given, areas: { ...given.areas, session: undefined } }, attempt)

    expect(local.has('pairing')).toBe(true)
  })

  it('asks nothing of a server the browser does not allow', async () => {
    const { given, calls } = surroundings()
    const asked: string[] = []
    const hasPermission = (pattern: string) => {
      asked.push(pattern)
      return Promise.resolve(false)
    }

    expect(await problemIn(pair({ ...given, hasPermission }, attempt))).toEqual({
      code: 'permission_missing',
    })
    expect(asked).toEqual([`${server}/*`])
    expect(calls).toEqual([])
  })

  it.each([
    ['a refused code', problem(401, 'invalid_credentials'), 'code_refused'],
    ['too many attempts', problem(429, 'too_many_requests'), 'too_many_requests'],
    ['a server in trouble', problem(503, 'unavailable'), 'server_error'],
    ['another web site', new Response('<h1>Hello</h1>', { status: 404 }), 'not_edpsych'],
    ['a site that says yes to everything', new Response('<h1>Hello</h1>'), 'not_edpsych'],
    ['an answer without a token', json({ ...granted, token: 1 }, 201), 'not_edpsych'],
    ['no answer', new TypeError('Failed to fetch'), 'unreachable'],
    ['a time-out', new DOMException('timed out', 'TimeoutError'), 'unreachable'],
  ])('tells %s apart', async (_, answer, code) => {
    const { given, session, local } = surroundings(answer)

    expect(await problemIn(pair(given, attempt))).toMatchObject({ code })
    expect([...session.keys(), ...local.keys()]).toEqual([])
  })
})

describe('search', () => {
  async function paired(...answers: (Response | Error)[]) {
    const all = surroundings(json(granted, 201), ...answers)
    await pair(all.given, attempt)
    all.calls.length = 0
    return all
  }

  it('asks with the token, the trimmed words and the cursor', async () => {
    const { given, calls } = await paired(json(emptyPage))

    await search(given, { query: '  memory ', cursor: 'c2' })

    expect(calls[0]?.route).toBe(`GET ${server}/api/v1/resources?limit=20&q=memory&cursor=c2`)
    expect(calls[0]?.init.headers).toMatchObject({ authorization: 'Bearer edp_ext_1' })
  })

  it('finds nothing to ask before there was a pairing', async () => {
    const { given } = surroundings()

    expect(await problemIn(search(given, { query: '', cursor: null }))).toEqual({
      code: 'not_paired',
    })
  })

  it('ends the pairing when the server no longer knows the token', async () => {
    const { given, session } = await paired(problem(401, 'unauthenticated'))

    const found = await problemIn(search(given, { query: '', cursor: null }))

    expect(found).toEqual({ code: 'pairing_ended' })
    expect(session.size).toBe(0)
    expect(await problemIn(search(given, { query: '', cursor: null }))).toEqual({
      code: 'pairing_ended',
    })
  })

  it('takes a pairing that has expired as ended', async () => {
    const { given, calls } = await paired()
    const later = () => new Date('2027-02-21T09:00:01Z')

    expect(await problemIn(search({ ...given, now: later }, { query: '', cursor: null }))).toEqual({
      code: 'pairing_ended',
    })
    expect(calls).toEqual([])
  })

  it('keeps the pairing while the server is in trouble', async () => {
    const { given, session } = await paired(problem(503, 'unavailable'))

    expect(await problemIn(search(given, { query: '', cursor: null }))).toEqual({
      code: 'server_error',
      requestId: 'req_1',
    })
    expect(session.has('pairing')).toBe(true)
  })
})

describe('unpair', () => {
  it.each([
    ['the server withdraws the token', new Response(null, { status: 204 }), true],
    ['the server had withdrawn it already', problem(401, 'unauthenticated'), true],
    ['the server cannot be reached', new TypeError('Failed to fetch'), false],
  ])('forgets the token when %s', async (_, answer, told) => {
    const { given, calls, session, local } = surroundings(json(granted, 201), answer)
    await pair(given, attempt)

    expect(await unpair(given)).toEqual({ told })

    expect(calls[1]?.route).toBe(`DELETE ${server}/api/v1/extension/pairings/current`)
    expect(session.size).toBe(0)
    expect(local.has('pairing')).toBe(false)
    expect(await problemIn(search(given, { query: '', cursor: null }))).toEqual({
      code: 'not_paired',
    })
  })
})
