import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPoster } from '../../backend/modules/webhooks/delivery/post.ts'
import { startTestApp, type TestApp, type TestTenant } from '../support/app.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

const strict = {
  publicUrl: 'https://connect.example',
  allowPrivateNetworks: false,
  trustedUrlPrefixes: [],
  version: '0.0.0-test',
}

let app: TestApp
let school: TestTenant
let receiver: WebhookReceiver

beforeAll(async () => {
  app = await startTestApp({ EDPSYCH_ALLOW_PRIVATE_NETWORKS: '0' })
  school = await app.addTenant('Careful')
  receiver = await startWebhookReceiver()
})

afterAll(async () => {
  await receiver.close()
  await app.stop()
})

function register(url: string, description = '') {
  return school.client('POST /api/v1/webhooks', {
    body: { url, eventTypes: ['*'], description },
  })
}

describe('registering an address that leads inside', () => {
  it.each([
    ['loopback', 'https://127.0.0.1/hook'],
    ['another loopback', 'https://127.8.9.1/hook'],
    ['loopback in IPv6', 'https://[::1]/hook'],
    ['the unspecified address', 'https://0.0.0.0/hook'],
    ['link-local, where clouds keep credentials', 'https://169.254.169.254/latest/meta-data'],
    ['link-local in IPv6', 'https://[fe80::1]/hook'],
    ['an IPv4 address mapped into IPv6', 'https://[::ffff:127.0.0.1]/hook'],
    ['the same in hexadecimal', 'https://[::ffff:7f00:1]/hook'],
    ['NAT64', 'https://[64:ff9b::7f00:1]/hook'],
    ['a decimal address', 'https://2130706433/hook'],
    ['an octal address', 'https://0177.0.0.1/hook'],
    ['a hexadecimal address', 'https://0x7f.1/hook'],
    ['a private network', 'https://10.0.0.8/hook'],
    ['carrier-grade NAT', 'https://100.64.0.1/hook'],
    ['a unique local address', 'https://[fd00::1]/hook'],
    ['the name of this machine', 'https://localhost/hook'],
    ['a name below it', 'https://hook.localhost/'],
    ['an internal name', 'https://metadata.google.internal/'],
    ['a name with a final dot', 'https://localhost./hook'],
    ['plain http', 'http://hooks.example.org/hook'],
    ['another port', 'https://hooks.example.org:8443/hook'],
    ['credentials in the address', 'https://user:secret@hooks.example.org/hook'],
  ])('is refused for %s', async (_what, url) => {
    await expect(register(url)).rejects.toMatchObject({
      status: 422,
      code: 'url_not_allowed',
      errors: [{ pointer: '#/url' }],
    })
  })

  it.each(['file:///etc/passwd', 'gopher://hooks.example.org/', 'javascript:alert(1)', 'hook'])(
    'is refused for %s, which is no web address',
    async (url) => {
      await expect(register(url)).rejects.toMatchObject({ status: 400, code: 'invalid_request' })
    },
  )

  it.each([
    'https://hooks.example.org/a\r\nX-Injected: yes',
    'https://hooks.example.org/a\nb',
    'https://hooks.exa\tmple.org/',
    'https://hooks.example.org/a b',
    'https:\\\\hooks.example.org\\a',
  ])('is refused with control characters, spaces and backslashes: %j', async (url) => {
    await expect(register(url)).rejects.toMatchObject({ name: 'ApiError' })
  })

  it('is refused where a description would split a header or a log line', async () => {
    for (const description of ['a\r\nX-Injected: yes', 'a\u0000b', 'a\u2028b']) {
      await expect(register('https://hooks.example.org/', description)).rejects.toMatchObject({
        code: 'invalid_request',
      })
    }
  })

  it('is refused when an endpoint is changed to it', async () => {
    const { id } = await register('https://hooks.example.org/')
    await expect(
      school.client('PATCH /api/v1/webhooks/:id', {
        params: { id },
        body: { url: 'https://127.0.0.1/' },
      }),
    ).rejects.toMatchObject({ code: 'url_not_allowed' })
  })
})

describe('at each attempt', () => {
  it('a name that resolves to this machine is not connected to', async () => {
    const poster = createPoster({
      settings: strict,
      lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    })

    await expect(poster.post('https://hooks.example.org/', {}, '{}')).rejects.toMatchObject({
      code: 'url_not_allowed',
    })
    await poster.close()
  })

  it('a name is refused if only one of its addresses is inside', async () => {
    const poster = createPoster({
      settings: strict,
      lookup: () =>
        Promise.resolve([
          { address: '93.184.216.34', family: 4 },
          { address: '169.254.169.254', family: 4 },
        ]),
    })

    await expect(poster.post('https://hooks.example.org/', {}, '{}')).rejects.toMatchObject({
      code: 'url_not_allowed',
    })
    await poster.close()
  })

  it('a literal address is refused although no name is looked up', async () => {
    let asked = 0
    const poster = createPoster({
      settings: strict,
      lookup: () => {
        asked += 1
        return Promise.resolve([])
      },
    })

    for (const url of ['https://127.0.0.1/', 'https://2130706433/', 'https://[::ffff:10.0.0.1]/']) {
      await expect(poster.post(url, {}, '{}')).rejects.toMatchObject({ code: 'url_not_allowed' })
    }
    expect(asked).toBe(0)
    await poster.close()
  })

  it('a redirect to the inside is an answer like any other and is not followed', async () => {
    let followed = 0
    const inside = createServer((_req, res) => {
      followed += 1
      res.end()
    })
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
    const { port } = inside.address() as AddressInfo
    receiver.answer((_webhook, res) =>
      res.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end(),
    )
    const poster = createPoster({ settings: { ...strict, allowPrivateNetworks: true } })

    expect(await poster.post(receiver.url, {}, '{}')).toMatchObject({ status: 302 })
    expect(followed).toBe(0)
    await poster.close()
    inside.close()
  })

  it('a receiver that never ends its answer is cut off in time', async () => {
    receiver.answer((_webhook, res) => {
      res.writeHead(200)
      res.write('a')
    })
    const poster = createPoster({
      settings: { ...strict, allowPrivateNetworks: true },
      timeoutMs: 300,
    })

    await expect(poster.post(receiver.url, {}, '{}')).rejects.toMatchObject({
      code: 'upstream_timeout',
    })
    await poster.close()
  })
})

describe('hostile bodies', () => {
  it.each([
    ['an operator as a filter', { filters: { $where: '1' } }],
    ['an object as a filter value', { filters: { itemId: { $ne: null } } }],
    ['an operator as an organisation', { tenantIds: [{ $ne: null }] }],
    ['a prototype as a filter', JSON.parse('{"filters":{"__proto__":1}}')],
  ])('are refused: %s', async (_what, extra) => {
    const res = await fetch(`${app.url}/api/v1/webhooks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${school.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: 'https://hooks.example.org/', eventTypes: ['*'], ...extra }),
    })

    expect([400, 422]).toContain(res.status)
  })
})
