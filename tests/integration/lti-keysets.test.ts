import { generateKeyPairSync } from 'node:crypto'
import { exportJWK } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { useTestDatabase } from '../support/database.ts'
import {
  type HostilePlatform,
  makeKey,
  type SigningKey,
  startHostilePlatform,
} from '../support/hostile-platform.ts'
import { launch, newTenant } from '../support/lti-launches.ts'
import { type LtiToolServer, startLtiTool } from '../support/lti-tool-server.ts'

useTestDatabase()

let tool: LtiToolServer
let platform: HostilePlatform

let key: SigningKey

beforeAll(async () => {
  key = await makeKey('key-1')
})

beforeEach(async () => {
  tool = await startLtiTool()
  platform = await startHostilePlatform(key)
  await tool.as(newTenant())('POST /api/v1/lti/platforms', { body: platform.registration() })
})

afterEach(async () => {
  await Promise.all([tool.stop(), platform.stop()])
})

const codeOf = async (changes = {}) => {
  const { status, problem } = await launch(tool, platform, changes)
  return problem?.code ?? status
}

describe('the keyset of a platform', () => {
  it('is fetched once for many launches', async () => {
    for (let i = 0; i < 5; i++) expect(await codeOf()).toBe(303)

    expect(platform.jwks.requests).toBe(1)
  })

  it('is fetched once for launches that arrive together', async () => {
    platform.jwks.delayMs = 100

    const answers = await Promise.all(Array.from({ length: 5 }, () => codeOf()))

    expect(answers).toEqual([303, 303, 303, 303, 303])
    expect(platform.jwks.requests).toBe(1)
  })

  it('is not trusted with a key that is too short for RS256', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    platform.published.push({ ...(await exportJWK(publicKey)), kid: 'short', use: 'sig' })

    expect(await codeOf({ header: { kid: 'short' } })).toBe('lti_keyset_unavailable')
  })

  it('is fetched again when the platform has a new key', async () => {
    expect(await codeOf()).toBe(303)
    const second = await platform.makeKey('key-2')
    platform.published.push(second.publicJwk)

    expect(await codeOf({ key: second })).toBe(303)
    expect(await codeOf()).toBe(303)
    expect(platform.jwks.requests).toBe(2)
  })

  it('loses a withdrawn key within ten minutes', async () => {
    expect(await codeOf()).toBe(303)
    const second = await platform.makeKey('key-2')
    platform.published.splice(0, 1, second.publicJwk)
    tool.clock.aheadMs = 11 * 60_000
    const inTime = () => ({
      iat: Math.floor(tool.clock.now().getTime() / 1000),
      exp: Math.floor(tool.clock.now().getTime() / 1000) + 60,
    })

    expect(await codeOf({ claims: inTime() })).toBe('lti_kid_unknown')
    expect(await codeOf({ key: second, claims: inTime() })).toBe(303)
  })

  it('is used on for a while when the platform cannot be asked', async () => {
    expect(await codeOf()).toBe(303)
    platform.jwks.status = 500
    tool.clock.aheadMs = 20 * 60_000
    const now = Math.floor(tool.clock.now().getTime() / 1000)

    expect(await codeOf({ claims: { iat: now, exp: now + 60 } })).toBe(303)
  })

  it('is not fetched for every kid that somebody invents', async () => {
    expect(await codeOf()).toBe(303)

    for (let i = 0; i < 20; i++) {
      expect(await codeOf({ header: { kid: `invented-${i}` } })).toBe('lti_kid_unknown')
    }

    expect(platform.jwks.requests).toBeLessThanOrEqual(7)
    expect(await codeOf()).toBe(303)
  })

  it('that comes too late refuses the launch in clear words, and the next one may work', async () => {
    platform.jwks.delayMs = 20_000
    const startedAt = Date.now()

    const late = await launch(tool, platform)
    platform.jwks.delayMs = 0

    expect([late.status, late.problem?.code]).toEqual([401, 'lti_keyset_unavailable'])
    expect(late.problem?.detail).toMatch(/try again/)
    expect(Date.now() - startedAt).toBeLessThan(19_000)
    expect(await codeOf()).toBe(303)
  })

  it.each([
    ['an error page', { status: 404, raw: '<h1>Not found</h1>' }],
    ['a page instead of keys', { raw: '<h1>Welcome</h1>' }],
    ['no list of keys', { raw: '{"kty":"RSA"}' }],
    ['a redirect', { status: 302 }],
  ])('that is %s refuses the launch', async (_, answer) => {
    Object.assign(platform.jwks, answer)

    expect(await codeOf()).toBe('lti_keyset_unavailable')
  })

  it('may hold keys of other kinds, which are passed over', async () => {
    platform.published.unshift(
      { kty: 'EC', crv: 'P-256', kid: 'key-1', x: 'AA', y: 'AA' },
      { kty: 'RSA', kid: 'key-1', use: 'enc', n: 'AA', e: 'AQAB' },
      { kty: 'RSA', kid: 'key-1', alg: 'RS512', n: 'AA', e: 'AQAB' },
      { kty: 'oct', kid: 'key-1', k: 'AA' },
    )

    expect(await codeOf()).toBe(303)
  })

  it('of a changed registration is the one that counts', async () => {
    const other = await startHostilePlatform()
    expect(await codeOf()).toBe(303)
    const api = tool.as(newTenant())
    const body = platform.registration({ clientId: 'client-moved' })
    const { id } = await api('POST /api/v1/lti/platforms', { body })
    const moved = (key = platform.key) =>
      codeOf({ login: { client_id: 'client-moved' }, claims: { aud: 'client-moved' }, key })
    expect(await moved()).toBe(303)

    await api('PATCH /api/v1/lti/platforms/:id', {
      params: { id },
      body: { jwksUri: `${other.origin}/jwks` },
    })

    expect(await moved()).toBe('lti_signature_invalid')
    expect(await moved(other.key)).toBe(303)
    await other.stop()
  })
})
