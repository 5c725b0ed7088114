import { expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

function failure(env: NodeJS.ProcessEnv): string {
  try {
    readConfig(env, '1.0.0')
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

it('has a working default for everything', () => {
  const config = readConfig({}, '1.0.0')

  expect(config).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    demo: true,
    sandboxUrl: 'http://127.0.0.1:3000',
    settings: {
      publicUrl: 'http://localhost:3000',
      allowPrivateNetworks: false,
      trustedUrlPrefixes: [
        'http://127.0.0.1:3000/sandbox/lms',
        'http://127.0.0.1:3000/sandbox/vendors',
        'http://127.0.0.1:3000/sandbox/schools',
        'http://localhost:3000/sandbox/inspector',
      ],
    },
  })
})

it('checks answers everywhere but in production', () => {
  expect(readConfig({}, '1').checkAnswers).toBe(true)
  expect(readConfig({ NODE_ENV: 'production' }, '1').checkAnswers).toBe(false)
})

it('takes an empty variable as unset', () => {
  expect(readConfig({ PORT: '', PUBLIC_URL: '' }, '1').port).toBe(3000)
})

it.each([
  ['PORT', 'eighty'],
  ['PORT', '70000'],
  ['PORT', '1e3'],
  ['PORT', '0x50'],
  ['PORT', ' '],
  ['PORT', '3.5'],
  ['HOST', 'not a host'],
  ['HOST', '999.1.1.1'],
  ['HOST', 'localhost:3000'],
  ['PUBLIC_URL', 'example.org'],
  ['PUBLIC_URL', 'https://example.org/path'],
  ['PUBLIC_URL', 'ftp://example.org'],
  ['MONGODB_URI', 'postgres://x'],
  ['EDPSYCH_MASTER_KEY', 'short'],
  ['EDPSYCH_ADMIN_EMAIL', 'nobody'],
  ['EDPSYCH_ADMIN_PASSWORD', 'short'],
  ['EDPSYCH_DEMO', 'yes'],
  ['EDPSYCH_ALLOW_PRIVATE_NETWORKS', 'true'],
  ['LOG_LEVEL', 'loud'],
])('says in one line what is wrong with %s=%s and gives an example', (name, value) => {
  const message = failure({ [name]: value })

  expect(message.split('\n')).toHaveLength(1)
  expect(message).toMatch(new RegExp(`^${name} is not valid: .+; for example ${name}=`))
})

it.each(['0.0.0.0', '::', '::1', 'localhost', 'connect.example.org'])('listens on %s', (host) => {
  expect(readConfig({ HOST: host, PORT: '0' }, '1')).toMatchObject({ host, port: 0 })
})

it('names every bad variable, one line each', () => {
  expect(failure({ PORT: 'x', LOG_LEVEL: 'x' }).split('\n')).toHaveLength(2)
})

it('wants the master key with a database server', () => {
  expect(failure({ MONGODB_URI: 'mongodb://127.0.0.1/x' })).toMatch(
    /^EDPSYCH_MASTER_KEY is missing/,
  )
})

it('switches the demo off on a database server unless asked', () => {
  const env = {
    MONGODB_URI: 'mongodb://127.0.0.1/x',
    EDPSYCH_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  }

  expect(readConfig(env, '1').demo).toBe(false)
  expect(readConfig({ ...env, EDPSYCH_DEMO: '1' }, '1').demo).toBe(true)
})

it('takes a mail server whole or not at all', () => {
  const smtp = { EDPSYCH_SMTP_URL: 'smtps://user:secret@mail.example.org' }
  const from = { EDPSYCH_MAIL_FROM: 'EdPsych Connect <alerts@example.org>' }

  expect(readConfig({}, '1.0.0').mail).toBeNull()
  expect(readConfig({ ...smtp, ...from }, '1.0.0').mail).toEqual({
    smtpUrl: 'smtps://user:secret@mail.example.org',
    from: 'EdPsych Connect <alerts@example.org>',
  })
  expect(failure(smtp)).toMatch(/^EDPSYCH_MAIL_FROM is missing/)
  expect(failure(from)).toMatch(/^EDPSYCH_SMTP_URL is missing/)
  expect(failure({ ...smtp, EDPSYCH_MAIL_FROM: 'nobody' })).toMatch(/EDPSYCH_MAIL_FROM/)
  expect(failure({ EDPSYCH_SMTP_URL: 'http://mail', ...from })).toMatch(/EDPSYCH_SMTP_URL/)
})
