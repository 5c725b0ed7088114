import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../support/app.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'edpsych-client-'))
const project = join(folder, 'project')
let app: TestApp

/** What a developer writes: every line of it is checked by the compiler. */
const sample = `
import { ApiError, createConnectClient } from '@edpsych/connect-client'
import { signWebhook, verifyWebhook } from '@edpsych/connect-client/webhooks'

declare const process: { env: Record<string, string | undefined> }
const client = createConnectClient({
  baseUrl: process.env['URL'] ?? '',
  apiKey: process.env['KEY'] ?? '',
})

const scores: (number | null)[] = []
for await (const attempt of client.rows('GET /api/v1/attempts', { query: { limit: 20 } })) {
  scores.push(attempt.score)
}

const created = await client('POST /api/v1/resources', {
  body: {
    name: 'By the package',
    learningResourceType: 'guidance',
    license: { name: 'CC BY 4.0', url: null },
    attribution: 'A developer',
  },
})
const title: string = created.name

let code = ''
try {
  await client('GET /api/v1/items/:id', { params: { id: 'itm_unknown' } })
} catch (error) {
  if (error instanceof ApiError) code = error.code
}

// @ts-expect-error there is no such route
void (() => client('GET /api/v1/nothing', {}))
// @ts-expect-error the body has no such field
void (() => client('POST /api/v1/attempts', { body: { wrong: 1 } }))

const secret = 'whsec_' + btoa('a secret of at least 24 bytes')
const now = 1_800_000_000
const body = '{"type":"webhook.test","data":{}}'
const signature = await signWebhook({ secret, id: 'msg_1', timestamp: now, body })
const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(now), 'webhook-signature': signature }
const { type } = await verifyWebhook({ secret, headers, body, now: now * 1000 })

console.log(JSON.stringify({ attempts: scores.length, title, code, type }))
`

beforeAll(async () => {
  app = await startTestApp({ EDPSYCH_SANDBOX_SIGNUP: 'open' })
  const built = join(folder, 'built')
  await run(
    process.execPath,
    [join(root, 'node_modules/tsx/dist/cli.mjs'), 'scripts/build-client.ts', built],
    {
      cwd: root,
    },
  )
  await run('npm', ['pack', built, '--pack-destination', folder], { cwd: folder })
}, 120_000)

afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('installs from its tarball without a network, type-checks and runs against a server', async () => {
  const made = await fetch(`${app.url}/api/v1/sandboxes`, { method: 'POST' })
  const { apiKey } = (await made.json()) as { apiKey: string }
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"name":"sample","type":"module","private":true}')
  writeFileSync(join(project, 'sample.ts'), sample)
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)], {
    cwd: project,
  })

  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const options = ['--strict', '--target', 'es2023', '--module', 'nodenext', '--lib', 'es2023,dom']
  const typed = await run(process.execPath, [tsc, ...options, 'sample.ts'], { cwd: project }).catch(
    (error: { stdout: string }) => error,
  )
  expect(typed.stdout).toBe('')
  const { stdout } = await run(process.execPath, ['sample.js'], {
    cwd: project,
    env: { PATH: process.env['PATH'], URL: app.url, KEY: apiKey },
  })

  expect(JSON.parse(stdout)).toEqual({
    attempts: 48,
    title: 'By the package',
    code: 'not_found',
    type: 'webhook.test',
  })
  const lock = readFileSync(join(project, 'package-lock.json'), 'utf8')
  const installed = Object.keys((JSON.parse(lock) as { packages: object }).packages)
  expect(installed).toEqual(['', 'node_modules/@edpsych/connect-client'])
}, 120_000)
