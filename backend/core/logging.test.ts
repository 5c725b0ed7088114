import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger } from './logging.ts'

function capture(level = 'debug') {
  let text = ''
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString('utf8')
      done()
    },
  })
  return {
    log: createLogger({ level, destination }),
    text: () => text,
    lines: () =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
  }
}

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwdXBpbC0xIn0.c2lnbmF0dXJl'

describe('createLogger', () => {
  it.each([
    ['a header', { headers: { Authorization: 'Bearer planted-value' } }],
    ['a cookie', { req: { headers: { cookie: 'sid=planted-value' } } }],
    ['a set-cookie list', { res: { 'set-cookie': ['sid=planted-value'] } }],
    ['a password', { form: { password: 'planted-value' } }],
    ['a client secret', { client_secret: 'planted-value' }],
    ['an id_token', { id_token: 'planted-value' }],
    ['a client assertion', { a: { b: { c: { d: { client_assertion: 'planted-value' } } } } }],
    ['an API key in a list', { keys: [{ apiKey: 'planted-value' }] }],
    ['a name', { user: { given_name: 'planted-value', familyName: 'planted-value' } }],
    ['an e-mail address by name', { email: 'planted-value' }],
    ['an e-mail address anywhere', { note: 'sent to planted-value@school.example' }],
    ['a bearer in a text', { note: 'header was Bearer planted-value-123' }],
    ['a query parameter', { url: 'https://lms.example/x?a=1&access_token=planted-value#t' }],
    ['a fragment', { url: 'https://tool.example/lti/app#code=planted-value' }],
    ['userinfo in an address', { uri: 'mongodb://root:planted-value@db.example/x' }],
    ['bytes', { key: Buffer.from('planted-value') }],
    ['a webhook secret', { note: 'whsec_planted-value' }],
    ['a project key', { note: 'edp_live_planted_value' }],
    ['a sealed token', { note: 'edp_sealed_a-planted_value' }],
    ['the token of a launch', { note: 'edp_launch_a-planted_value' }],
    [
      'something too deep',
      { a: { b: { c: { d: { e: { f: { g: { h: ['planted-value'] } } } } } } } },
    ],
  ])('keeps %s out of the log', (_what, data) => {
    const { log, text } = capture()

    log.info(data, 'something happened')

    expect(text()).toContain('something happened')
    expect(text()).not.toContain('planted')
  })

  it('keeps secrets of messages, of errors, their causes and stacks out of the log', () => {
    const { log, text } = capture()
    const cause = new Error(`E11000 duplicate key error dup key: { email: "planted" }`)

    log.error({ err: new Error(`token ${jwt} refused`, { cause }) }, `got ${jwt}`)
    log.error(new Error('write to planted@school.example failed'))

    expect(text()).not.toContain('eyJ')
    expect(text()).not.toContain('planted')
    expect(text()).toContain('"type":"Error"')
    expect(text()).toContain('logging.test.ts')
  })

  it('keeps secrets of child loggers out of the log', () => {
    const { log, text } = capture()

    log.child({ token: 'planted', module: 'lti' }).info('child')

    expect(text()).not.toContain('planted')
    expect(text()).toContain('"module":"lti"')
  })

  it('leaves what a reader needs: codes, ids, counts and flags', () => {
    const { log, lines } = capture()

    log.warn({ code: 'lti_nonce_reused', tenantId: 'ten_1', tries: 3, token: true }, 'refused')

    expect(lines()[0]).toMatchObject({
      level: 'warn',
      msg: 'refused',
      code: 'lti_nonce_reused',
      tenantId: 'ten_1',
      tries: 3,
      token: true,
    })
  })

  it('says nothing below its level', () => {
    const { log, text } = capture('warn')

    log.info('quiet')

    expect(text()).toBe('')
  })
})
