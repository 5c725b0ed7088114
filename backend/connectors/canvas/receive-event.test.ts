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
  body = { course_id: '2' },
  alg = 'RS256',
}: {
  key?: CryptoKey
  iat?: number
  kid?: string
  metadata?: object
  body?: object
  alg?: string
} = {}): Promise<string> {
  const payload = {
    metadata: { event_name: 'course_updated', message_id: 'm1', ...metadata },
    body,
  }
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).setIssuedAt(iat).sign(key)
}

function open({ withKeys = true, account = '' } = {}) {
  made += 1
  let at = now
  const vendor = fakeVendor(() => ({ json: keys }))
  const { ctx } = openConnector(connector, {
    config: {
      url: 'https://larkfield.example',
      account: 'self',
      structure: false,
      // Keys are kept between messages, so each test has an address of its own.
      ...(withKeys && { liveEventsKeys: `${liveEventsKeys}/${made}` }),
      ...(account && { liveEventsAccount: account }),
    },
    credentials: { clientId: '1', clientSecret: 'a-developer-key-secret' },
    send: vendor.send,
    now: () => at,
  })
  const later = (ms: number) => {
    at += ms
  }
  return { ctx, seen: vendor.seen, later }
}

describe('a Live Event', () => {
  it('that is genuine announces a change of courses under its id', async () => {
    const { ctx, seen } = open()

    const notices = await receiveEvent(ctx, { body: await signed() })

    expect(notices).toEqual([
      {
        id: 'm1',
        capability: 'courses',
        change: 'course',
        courseId: '2',
        entity: 'course course_id:2',
        detail: 'course_updated',
        happenedAt: new Date(now),
      },
    ])
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

  it.each([
    [
      'whose content was changed',
      async () => {
        const [head, , signature] = (await signed()).split('.')
        const other = { metadata: { event_name: 'course_updated' }, body: { course_id: '3' } }
        return [head, Buffer.from(JSON.stringify(other)).toString('base64url'), signature].join('.')
      },
    ],
    [
      'signed with the public key as a shared secret',
      async () => {
        const secret = new TextEncoder().encode(JSON.stringify(keys))
        return new SignJWT({ metadata: { event_name: 'course_updated' } })
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .setIssuedAt(now / 1000)
          .sign(secret)
      },
    ],
    [
      'signed with a key it brings along',
      async () => {
        const { privateKey: own, publicKey } = await generateKeyPair('RS256')
        return new SignJWT({ metadata: { event_name: 'course_updated' } })
          .setProtectedHeader({
            alg: 'RS256',
            jwk: await exportJWK(publicKey),
            jku: 'https://evil.example',
          })
          .setIssuedAt(now / 1000)
          .sign(own)
      },
    ],
    [
      'signed by another algorithm',
      async () => {
        const { privateKey: own } = await generateKeyPair('ES256')
        return signed({ key: own, alg: 'ES256' })
      },
    ],
    [
      'that does not say when it was sent',
      async () =>
        new SignJWT({ metadata: { event_name: 'course_updated', message_id: 'm1' } })
          .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
          .sign(privateKey),
    ],
  ])('%s is refused', async (_name, make) => {
    const { ctx, seen } = open()

    await expect(receiveEvent(ctx, { body: await make() })).rejects.toMatchObject({
      kind: 'reject',
      code: 'refused',
    })
    expect(seen.every(({ url }) => url.host === 'keys.canvas.example')).toBe(true)
  })

  it('of another customer of Canvas, with the same keys, is refused where the account is known', async () => {
    const { ctx } = open({ account: 'our-root-account' })
    const of = (root_account_uuid: string) =>
      signed({ metadata: { message_id: root_account_uuid, root_account_uuid } })

    expect(await receiveEvent(ctx, { body: await of('our-root-account') })).toHaveLength(1)
    await expect(receiveEvent(ctx, { body: await of('their-root-account') })).rejects.toThrow(
      'another Canvas',
    )
  })

  it('signed with a key that was published since is taken, after a minute', async () => {
    const { privateKey: newer, publicKey } = await generateKeyPair('RS256')
    const { ctx, seen, later } = open()
    await receiveEvent(ctx, { body: await signed() })
    const before = keys
    keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k2', alg: 'RS256' }] }
    const body = await signed({ key: newer, kid: 'k2', metadata: { message_id: 'm2' } })

    await expect(receiveEvent(ctx, { body })).rejects.toMatchObject({ kind: 'reject' })
    later(61_000)
    const notices = await receiveEvent(ctx, { body })

    expect(notices).toHaveLength(1)
    expect(seen).toHaveLength(2)
    keys = before
  })

  it('is not expected where no address of keys is set', async () => {
    const body = await signed()

    await expect(receiveEvent(open({ withKeys: false }).ctx, { body })).rejects.toMatchObject({
      kind: 'unsupported',
    })
  })
})
