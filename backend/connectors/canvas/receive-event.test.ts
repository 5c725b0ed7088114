import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { fakeVendor, openConnector } from '../../../tests/support/connector-context.ts'
import { connector } from './index.ts'
import { receiveEvent } from './receive-event.ts'

const now = Date.parse('2026-11-23T10:00:00Z')
const liveEventsKeys = 'https://keys.canvas.example/jwks'
let privateKey: CryptoKey
let strangerKey: CryptoKey
let keys: object
let made = 0

beforeAll(async () => {
  const pair = await generateKeyPair('RS256')
  privateKey = pair.privateKey
  strangerKey = (await generateKeyPair('RS256')).privateKey
  keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' }] }
})

function signed({
  key = privateKey,
  iat = now / 1000,
  kid = 'k1',
  metadata = {},
}: {
  key?: CryptoKey
  iat?: number
  kid?: string
  metadata?: object
} = {}): Promise<string> {
  const payload = {
    metadata: { event_name: 'course_updated', message_id: 'm1', ...metadata },
    body: { course_id: '2' },
  }
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).setIssuedAt(iat).sign(key)
}

function open({ withKeys = true } = {}) {
  made += 1
  const vendor = fakeVendor(() => ({ json: keys }))
  const { ctx } = openConnector(connector, {
    config: {
      url: 'https://larkfield.example',
      account: 'self',
      structure: false,
      // Keys are kept between messages, so each test has an address of its own.
      ...(withKeys && { liveEventsKeys: `${liveEventsKeys}/${made}` }),
    },
    credentials: { clientId: '1', clientSecret: 'a-developer-key-secret' },
    send: vendor.send,
    now: () => now,
  })
  return { ctx, seen: vendor.seen }
}

describe('a Live Event', () => {
  it('that is genuine announces a change of courses under its id', async () => {
    const { ctx, seen } = open()

    const notices = await receiveEvent(ctx, { body: await signed() })

    expect(notices).toEqual([{ id: 'm1', capability: 'courses', detail: 'course_updated' }])
    expect(seen).toHaveLength(1)
    expect(seen[0]?.headers).not.toHaveProperty('authorization')
  })

  it('does not make us ask for the keys again', async () => {
    const { ctx, seen } = open()

    await receiveEvent(ctx, { body: await signed() })
    await receiveEvent(ctx, { body: await signed({ metadata: { message_id: 'm2' } }) })
    await expect(receiveEvent(ctx, { body: await signed({ kid: 'k9' }) })).rejects.toThrow('key')

    expect(seen).toHaveLength(1)
  })

  it('about something else announces nothing', async () => {
    const body = await signed({ metadata: { event_name: 'quiz_submitted' } })

    expect(await receiveEvent(open().ctx, { body })).toEqual([])
  })

  it('without an id of its own has the same id whenever it comes', async () => {
    const body = await signed({ metadata: { message_id: undefined } })

    const [first] = await receiveEvent(open().ctx, { body })
    const [again] = await receiveEvent(open().ctx, { body })

    expect(first?.id).toMatch(/^[\w-]{43}$/)
    expect(again).toEqual(first)
  })

  it('that waited for a day is taken', async () => {
    const body = await signed({ iat: now / 1000 - 86_400 })

    expect(await receiveEvent(open().ctx, { body })).toHaveLength(1)
  })

  it.each([
    ['signed by a stranger', () => signed({ key: strangerKey }), 'refused'],
    ['of another Canvas', () => signed({ metadata: { hostname: 'other.example' } }), 'refused'],
    ['that is more than a week old', () => signed({ iat: now / 1000 - 8 * 86_400 }), 'refused'],
    ['from the future', () => signed({ iat: now / 1000 + 600 }), 'clock_skew'],
    ['that is no JWT', async () => '{"metadata":{}}', 'refused'],
    ['that is unsigned', async () => 'eyJhbGciOiJub25lIn0.e30.', 'refused'],
  ])('%s is refused', async (_name, make, code) => {
    const body = await make()

    await expect(receiveEvent(open().ctx, { body })).rejects.toMatchObject({
      kind: 'reject',
      code,
    })
  })

  it('is not expected where no address of keys is set', async () => {
    const body = await signed()

    await expect(receiveEvent(open({ withKeys: false }).ctx, { body })).rejects.toMatchObject({
      kind: 'unsupported',
    })
  })
})
