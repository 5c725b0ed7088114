import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { runCli } from '../../backend/cli/run-cli.ts'
import { openDatabase } from '../../backend/core/database/open-database.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { packFolder } from '../../backend/demo/sample-package.ts'
import { roles } from '../../shared/scopes.ts'

const dbNames: string[] = []
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edpsych-cli-'))
})
afterAll(async () => {
  await mongoose.connect(inject('mongodbUri'))
  for (const name of dbNames) await mongoose.connection.useDb(name).dropDatabase()
  await mongoose.disconnect()
  await rm(folder, { recursive: true, force: true })
})

/** Environment of an installation with a database of its own. */
function newInstallation(): NodeJS.ProcessEnv {
  const name = `cli_${randomBytes(6).toString('hex')}`
  dbNames.push(name)
  return {
    MONGODB_URI: inject('mongodbUri').replace(/^(mongodb:\/\/[^/?]+)\/?/, `$1/${name}`),
    EDPSYCH_MASTER_KEY: randomBytes(32).toString('base64'),
    DATA_DIR: folder,
  }
}

async function cli(env: NodeJS.ProcessEnv, ...argv: string[]) {
  let out = ''
  let err = ''
  const code = await runCli(argv, {
    env,
    version: '0.0.0-test',
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

/** A command with `--json`: exactly one object on one line, nothing else. */
async function json(env: NodeJS.ProcessEnv, ...argv: string[]) {
  const { code, out, err } = await cli(env, ...argv, '--json')
  expect(out.endsWith('\n'), err).toBe(true)
  expect(out.trim().split('\n')).toHaveLength(1)
  // biome-ignore lint/suspicious/noExplicitAny: answers of every command are looked into
  return { code, answer: JSON.parse(out) as any }
}

describe('bootstrap', () => {
  it('makes an organisation, its administrator and a key; repeated, only a new key', async () => {
    const env = newInstallation()

    const first = await json(env, 'bootstrap', '--tenant', 'oakwood', '--name', 'Oakwood School')
    const second = await json(env, 'bootstrap', '--tenant', 'oakwood')

    expect(first.code).toBe(0)
    expect(Object.keys(first.answer)).toEqual([
      'tenantId',
      'tenantSlug',
      'adminEmail',
      'adminPassword',
      'apiKey',
    ])
    expect(first.answer).toMatchObject({
      tenantSlug: 'oakwood',
      adminEmail: 'admin@oakwood.example',
      adminPassword: expect.stringMatching(/^[a-z2-9-]{23}$/),
      apiKey: expect.stringMatching(/^edp_live_/),
    })
    expect(second.answer).toMatchObject({
      tenantId: first.answer.tenantId,
      adminEmail: 'admin@oakwood.example',
      adminPassword: null,
    })
    expect(second.answer.apiKey).not.toBe(first.answer.apiKey)
    const { answer: keys } = await json(env, 'keys', 'list', '--tenant', 'oakwood')
    expect(new Set(keys.data[0].scopes)).toEqual(new Set(roles['school-admin'].scopes))
    const { answer: tenants } = await json(env, 'tenants', 'list')
    expect(tenants.data.map(({ name }: { name: string }) => name)).toEqual([
      'Oakwood School',
      'Platform',
    ])
  })

  it('gives an existing account the role and leaves its password', async () => {
    const env = newInstallation()
    const mail = ['--email', 'Head@trust.example']
    await json(env, 'bootstrap', '--tenant', 'one', '--kind', 'trust', ...mail)

    const { answer } = await json(env, 'bootstrap', '--tenant', 'two', ...mail)

    expect(answer).toMatchObject({ adminEmail: 'Head@trust.example', adminPassword: null })
    const { answer: trail } = await json(env, 'audit', 'verify', '--tenant', 'two')
    // The role and the key; that the organisation was made is in the trail of the one above.
    expect(trail).toEqual({ ok: true, entries: 2, checkpoints: 0, problems: [] })
  })
})

describe('what cannot be done', () => {
  it.each([
    [['nonsense'], 'There is no group nonsense'],
    [['keys'], 'Say what to do'],
    [['keys', 'destroy'], 'There is no destroy here'],
    [['bootstrap'], '--tenant <slug> is missing'],
    [['keys', 'revoke', '--tenant', 'x'], '<id> is missing'],
    [['tenants', 'list', 'surplus'], 'surplus is too much'],
    [['tenants', 'list', '--unknown'], '--unknown'],
  ])('%j is answered with help and exit code 2', async (argv, message) => {
    const plain = await cli({}, ...argv)
    const { code, answer } = await json({}, ...argv)

    expect(plain.code).toBe(2)
    expect(plain.out).toBe('')
    expect(plain.err).toContain(message)
    expect(plain.err).toContain('npm run cli --')
    expect(code).toBe(2)
    expect(answer.error.code).toBe('usage')
  })

  it('is refused with its code and exit code 1', async () => {
    const env = newInstallation()

    const { code, answer } = await json(env, 'audit', 'verify', '--tenant', 'nowhere')
    const plain = await cli(env, 'admin', 'reset-password', '--email', 'nobody@x.example')

    expect({ code, answer }).toMatchObject({ code: 1, answer: { error: { code: 'not_found' } } })
    expect(plain.code).toBe(1)
    expect(plain.err).toContain('nobody@x.example')
    expect((await cli(env, 'tenants', 'create', '--slug', 'No', '--name', 'x')).code).toBe(2)
  })

  it('names a bad variable of the environment', async () => {
    const { code, answer } = await json({ MONGODB_URI: 'http://x' }, 'tenants', 'list')

    expect(code).toBe(1)
    expect(answer.error.message).toContain('MONGODB_URI')
  })
})

it.each(['constructor', '__proto__', 'toString'])('knows no group and no verb %s', async (word) => {
  const group = await json({}, word)
  const verb = await json({}, 'items', word)

  expect([group.code, group.answer.error.code]).toEqual([2, 'usage'])
  expect([verb.code, verb.answer.error.code]).toEqual([2, 'usage'])
})

it('shows help for everything, for a group and for a command', async () => {
  expect((await cli({}, '--help')).out).toContain('bootstrap')
  expect((await cli({}, 'keys', '--help')).out).toContain('keys revoke <id>')
  const { code, out } = await cli({}, 'lti', 'keys', 'rotate', '--help')
  expect(code).toBe(0)
  expect(out).toContain('signing key')
})

describe('an installation', () => {
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    env = newInstallation()
    await json(env, 'bootstrap', '--tenant', 'demo', '--kind', 'trust', '--name', 'Demo Trust')
  })

  it('creates, lists and revokes keys', async () => {
    const tenant = ['--tenant', 'demo']
    const made = await json(
      env,
      ...['keys', 'create', ...tenant, '--name', 'Reports', '--scopes', 'items.read, jobs.read'],
      ...['--mode', 'live', '--expires-in-days', 'never'],
    )

    expect(made.answer).toMatchObject({ mode: 'live', expiresAt: null })
    expect(made.answer.scopes).toEqual(['items.read', 'jobs.read'])
    expect((await json(env, 'keys', 'revoke', made.answer.id, ...tenant)).answer).toEqual({
      id: made.answer.id,
      revoked: true,
    })
    const list = await cli(env, 'keys', 'list', ...tenant)
    expect(list.out).toContain('revoked')
    expect(list.out).not.toContain(made.answer.key)
    const wrong = ['--name', 'x', '--scopes', 'everything']
    expect((await cli(env, 'keys', 'create', ...tenant, ...wrong)).code).toBe(2)
  })

  it('rotates keys, and registers, approves and disables applications', async () => {
    const tenant = ['--tenant', 'demo']
    const { answer: key } = await json(env, 'keys', 'create', ...tenant, '--name', 'Rotated')
    const rotated = await json(env, 'keys', 'rotate', key.id, ...tenant, '--overlap-seconds', '60')
    expect(rotated.answer.key).not.toBe(key.key)
    expect(rotated.answer.previous).toHaveLength(1)

    const { answer: made } = await json(
      env,
      ...[
        'oauth-clients',
        'create',
        ...tenant,
        '--name',
        'Timetable',
        '--purpose',
        'Shows lessons',
      ],
      ...['--contact', 'a@b.example', '--scopes', 'items.read,roster.read'],
      ...['--redirect-uris', 'https://app.example.org/callback'],
    )
    expect(made.clientSecret).toMatch(/^edp_secret_/)
    expect(made.withheldScopes).toEqual(['roster.read'])
    const reason = ['--scopes', 'roster.read', '--reason', 'Agreed']
    await json(env, 'oauth-clients', 'approve', made.id, ...tenant, ...reason)
    const next = await json(env, 'oauth-clients', 'rotate-secret', made.id, ...tenant)
    expect(next.answer.clientSecret).not.toBe(made.clientSecret)
    const { answer: stopped } = await json(env, 'oauth-clients', 'disable', made.id, ...tenant)
    expect(stopped).toMatchObject({ withheldScopes: [] })
    expect(stopped.disabledAt).toBeTruthy()
    expect((await cli(env, 'oauth-clients', 'list', ...tenant)).out).toContain('disabled')
  })

  it('adds schools below a trust and resets passwords', async () => {
    const school = ['--slug', 'elm', '--name', 'Elm Primary', '--parent', 'demo']

    const { answer } = await json(env, 'tenants', 'create', ...school)
    const reset = await json(env, 'admin', 'reset-password', '--email', 'ADMIN@demo.example')

    expect(answer).toMatchObject({ slug: 'elm', kind: 'school' })
    expect(reset.answer).toMatchObject({ email: 'admin@demo.example' })
    expect(reset.answer.oneTimePassword).toMatch(/^[a-z2-9-]{23}$/)
  })

  it('imports items and lists what it could not import', async () => {
    const file = join(folder, 'package.zip')
    const sample = new URL('../../backend/demo/sample-package', import.meta.url)
    await writeFile(file, await packFolder(sample.pathname))

    const { code, answer } = await json(env, 'items', 'import', file, '--tenant', 'demo')
    const missing = await json(env, 'items', 'import', '/nowhere.zip', '--tenant', 'demo')

    expect(code).toBe(0)
    expect(Object.keys(answer)).toEqual(['imported', 'skipped'])
    expect(answer.imported.length).toBeGreaterThan(2)
    expect(answer.imported[0]).toEqual({
      id: expect.stringMatching(/^itm_/),
      file: expect.stringMatching(/\.xml$/),
    })
    for (const { reason } of answer.skipped) expect(reason).toBeTruthy()
    expect(missing).toMatchObject({ code: 1, answer: { error: { code: 'invalid_request' } } })
  })

  it('shows jobs and rotates the signing keys', async () => {
    expect((await json(env, 'jobs', 'list', '--tenant', 'demo')).answer.data).toEqual([])
    expect((await cli(env, 'jobs', 'list', '--status', 'odd')).code).toBe(2)
    expect((await json(env, 'lti', 'keys', 'rotate')).answer).toEqual({ rotated: true })
  })

  it('names the entry of the audit trail that was tampered with', async () => {
    expect((await json(env, 'audit', 'verify', '--tenant', 'demo')).answer.ok).toBe(true)
    await mongoose.connect(env['MONGODB_URI'] ?? '')
    const entries = mongoose.connection.collection('auditEntries')
    const demo = await mongoose.connection.collection('tenants').findOne({ slug: 'demo' })
    await entries.updateOne({ tenantId: String(demo?._id), seq: 2 }, { $set: { action: 'x.y' } })
    await mongoose.disconnect()

    const { code, answer } = await json(env, 'audit', 'verify', '--tenant', 'demo')
    const plain = await cli(env, 'audit', 'verify', '--tenant', 'demo')

    expect(code).toBe(1)
    expect(answer.problems[0]).toMatchObject({ seq: 2, kind: 'changed' })
    expect(plain.out).toContain('entry 2')
  })

  it('moves to another database, twice without a change the second time', async () => {
    const out = join(folder, 'all.zip')
    const other = { ...newInstallation(), EDPSYCH_MASTER_KEY: env['EDPSYCH_MASTER_KEY'] }

    const written = await json(env, 'db', 'export', '--out', out)
    const once = await json(other, 'db', 'import', '--in', out)
    const twice = await json(other, 'db', 'import', '--in', out)

    expect(written.code).toBe(0)
    expect((await stat(out)).mode & 0o077).toBe(0)
    expect(once.code, JSON.stringify(once.answer)).toBe(0)
    const changes = (answer: typeof once.answer) =>
      answer.collections.reduce(
        (sum: number, row: { inserted: number; updated: number }) =>
          sum + row.inserted + row.updated,
        0,
      )
    expect(changes(once.answer)).toBeGreaterThan(10)
    expect(changes(twice.answer)).toBe(0)
    expect((await json(other, 'tenants', 'list')).answer.data).toEqual(
      (await json(env, 'tenants', 'list')).answer.data,
    )
  })

  it('exports one organisation with its staff, and nothing of another', async () => {
    await json(env, 'bootstrap', '--tenant', 'stranger')
    const out = join(folder, 'demo.zip')
    const other = { ...newInstallation(), EDPSYCH_MASTER_KEY: env['EDPSYCH_MASTER_KEY'] }

    await json(env, 'db', 'export', '--out', out, '--tenant', 'demo')
    await json(other, 'db', 'import', '--in', out)

    const { answer } = await json(other, 'tenants', 'list')
    expect(answer.data.map(({ slug }: { slug: string }) => slug)).not.toContain('stranger')
    const reset = await json(other, 'admin', 'reset-password', '--email', 'admin@demo.example')
    expect(reset.code).toBe(0)
    const none = await json(other, 'admin', 'reset-password', '--email', 'admin@stranger.example')
    expect(none.answer.error.code).toBe('not_found')
  })
})

describe('the process', () => {
  function run(dataDir: string, ...argv: string[]) {
    const main = new URL('../../backend/cli/main.ts', import.meta.url).pathname
    const { MONGODB_URI: _uri, ...rest } = process.env
    const child = spawn(process.execPath, ['--import', 'tsx', main, ...argv, '--json'], {
      env: { ...rest, DATA_DIR: dataDir },
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, out, err })),
    )
  }

  it('starts an engine of its own, and joins the one of a running server', async () => {
    const dataDir = join(folder, 'data')

    const alone = await run(dataDir, 'bootstrap', '--tenant', 'oakwood')
    expect(alone.code, alone.err).toBe(0)
    expect((await stat(join(dataDir, 'master.key'))).mode & 0o777).toBe(0o600)

    const server = await openDatabase({ dataDir, log: createLogger({ level: 'silent' }) })
    const beside = await run(dataDir, 'bootstrap', '--tenant', 'oakwood')
    const keys = await mongoose.connection.collection('apiKeys').countDocuments()
    await server.close()

    expect(beside.code, beside.err).toBe(0)
    expect(JSON.parse(beside.out)).toMatchObject({
      tenantId: JSON.parse(alone.out).tenantId,
      adminPassword: null,
    })
    expect(keys).toBe(2)
    expect(await readFile(join(dataDir, 'master.key'), 'utf8')).toMatch(/^[\w+/]{43}=\n$/)
  }, 120_000)
})

describe('connections', () => {
  it('are taken over from a file, listed, tested and exported again', async () => {
    const env = newInstallation()
    await json(env, 'bootstrap', '--tenant', 'larkfield')
    const file = join(folder, 'connections.json')
    const entry = {
      connectorId: 'moodle',
      name: 'Our Moodle',
      config: { url: 'http://127.0.0.1:9/moodle' },
      sync: { everyMinutes: 60 },
    }
    const head = { format: 'edpsych-connections', version: 1, exportedAt: '2026-11-23T12:00:00Z' }
    const unknown = { ...entry, connectorId: 'nothing', name: 'No such' }
    await writeFile(file, JSON.stringify({ ...head, connections: [entry, unknown] }))

    const first = await json(env, 'connections', 'import', file, '--tenant', 'larkfield')
    const again = await json(env, 'connections', 'import', file, '--tenant', 'larkfield')
    const { answer: list } = await json(env, 'connections', 'list', '--tenant', 'larkfield')
    const { answer: exported } = await json(env, 'connections', 'export', '--tenant', 'larkfield')
    const id = list.data[0].id
    const tested = await json(env, 'connections', 'test', id, '--tenant', 'larkfield')

    const statuses = ({ answer }: typeof first) =>
      answer.results.map(({ status }: { status: string }) => status)
    expect(first.code).toBe(1)
    expect(statuses(first)).toEqual(['created', 'refused'])
    expect(statuses(again)).toEqual(['unchanged', 'refused'])
    expect(list.data).toMatchObject([{ name: 'Our Moodle', state: 'draft' }])
    // What the file leaves out is said in full.
    const config = { ...entry.config, structure: true }
    expect(exported.connections).toEqual([{ ...entry, config }])
    expect(tested.code).toBe(1)
    expect(tested.answer.steps[1]).toMatchObject({ id: 'address', status: 'failed' })
  })

  it('says what is wrong with a file', async () => {
    const env = newInstallation()
    const file = join(folder, 'broken.json')
    await writeFile(file, '{"format":"something-else"}')

    const { code, err } = await cli(env, 'connections', 'import', file, '--tenant', 'larkfield')

    expect(code).toBe(2)
    expect(err).toContain('format is not valid')
  })
})
