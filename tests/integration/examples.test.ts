import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { exportGrades } from '../../examples/grade-exporter/export-grades.ts'
import { createConnectClient } from '../../shared/client/index.ts'
import { startTestApp, type TestApp } from '../support/app.ts'
import { createHttpBrowser } from '../support/http-browser.ts'
import { answerConsent } from '../support/oauth.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edpsych-examples-'))
let app: TestApp
let apiKey = ''
let sandboxId = ''
const running: ChildProcess[] = []
/** For a machine that is busy with something else; nothing here is about speed. */
const patienceMs = 45_000

beforeAll(async () => {
  // As `npm start` runs: the server may not reach this machine.
  app = await startTestApp({
    EDPSYCH_SANDBOX_SIGNUP: 'open',
    EDPSYCH_ALLOW_PRIVATE_NETWORKS: '0',
  })
  const made = await fetch(`${app.url}/api/v1/sandboxes`, { method: 'POST' })
  const sandbox = (await made.json()) as { id: string; apiKey: string }
  apiKey = sandbox.apiKey
  sandboxId = sandbox.id
})

afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGTERM')
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise((resolve) => child.once('exit', resolve))
    }
  }
})

afterAll(async () => {
  await app.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Started {
  output(): string
  /** Waits for the text, and answers what its group matched. */
  said(pattern: RegExp): Promise<string>
  ended(): Promise<number | null>
}

function start(command: readonly string[], env: Record<string, string> = {}): Started {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], EDPSYCH_URL: app.url, PORT: '0', ...env },
  })
  running.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  let isClosed = false
  // Not `exit`, after which there may be output still.
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve)).finally(
    () => {
      isClosed = true
    },
  )
  return {
    output: () => text,
    async said(pattern) {
      const deadline = Date.now() + patienceMs
      for (;;) {
        const isOver = isClosed || Date.now() > deadline
        const match = pattern.exec(text)
        if (match) return match[1] ?? match[0]
        if (isOver) break
        await wait(50)
      }
      const how = isClosed ? `and ended with ${child.exitCode}` : `within ${patienceMs} ms`
      throw new Error(`it never said ${pattern} ${how}, but:\n${text}`)
    },
    ended: () =>
      Promise.race([
        closed,
        wait(patienceMs, undefined, { ref: false }).then(() => {
          throw new Error(`it did not end within ${patienceMs} ms, and said:\n${text}`)
        }),
      ]),
  }
}

/** How many deliveries the receiver took in which way so far, as its page shows them. */
async function outcomes(origin: string): Promise<Record<string, number>> {
  const leaving = new AbortController()
  const shown = await fetch(`${origin}/deliveries`, { signal: leaving.signal })
  const { value } = (await shown.body?.getReader().read()) ?? {}
  leaving.abort()
  const lines = Buffer.from(value ?? []).toString('utf8')
  const counts: Record<string, number> = {}
  for (const [, outcome = ''] of lines.matchAll(/"outcome":"(\w+)"/g)) {
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return counts
}

const tsx = [process.execPath, join(root, 'node_modules/tsx/dist/cli.mjs')]

describe('grade exporter', () => {
  it('writes every attempt with one command and without a key', async () => {
    const file = join(folder, 'grades.csv')
    const example = start([...tsx, 'examples/grade-exporter/main.ts', file])

    expect(await example.ended()).toBe(0)

    expect(example.output()).toContain(`48 attempts are in ${file}`)
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(49)
    expect(lines[0]).toBe('attempt,item,title,status,score,maxScore,submittedAt')
    expect(lines[1]).toMatch(/^att_\w+,itm_\w+,.+,(open|submitted),\d*,\d+,/)
    expect(existsSync(`${file}.cursor`)).toBe(false)
  }, 120_000)

  it('goes on where it was cut off', async () => {
    const file = join(folder, 'resumed.csv')
    const client = createConnectClient({ baseUrl: app.url, apiKey })
    const cutOff = exportGrades(client, {
      file,
      pageSize: 10,
      onPage(rows) {
        if (rows === 20) throw new Error('power cut')
      },
    })
    await expect(cutOff).rejects.toThrow('power cut')
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(21)

    const rest = await exportGrades(client, { file, pageSize: 10 })

    const ids = readFileSync(file, 'utf8').trim().split('\n').slice(1)
    expect(rest).toBe(28)
    expect(ids).toHaveLength(48)
    expect(new Set(ids.map((line) => line.split(',')[0])).size).toBe(48)
  })

  it('finishes although every second call is refused', async () => {
    const client = createConnectClient({ baseUrl: app.url, apiKey })
    const params = { id: sandboxId }
    await client('PUT /api/v1/sandboxes/:id/faults', { params, body: { api: { rate429: 0.5 } } })

    const rows = await exportGrades(client, { file: join(folder, 'limited.csv'), pageSize: 24 })

    await client('PUT /api/v1/sandboxes/:id/faults', { params, body: {} })
    expect(rows).toBe(48)
  }, 120_000)
})

describe('webhook receiver', () => {
  it('gets a verified delivery with one command although the server may not reach it', async () => {
    const example = start([process.execPath, 'examples/webhook-receiver/main.mjs'])

    const origin = await example.said(/watching (http:\/\/localhost:\d+)\//)
    expect(await example.said(/verified (webhook\.test) /)).toBe('webhook.test')

    const page = await (await fetch(origin)).text()
    expect(page).toContain('<h1>Deliveries</h1>')
    const forged = await fetch(`${origin}/hook`, {
      method: 'POST',
      headers: {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': 'v1,AAAA',
      },
      body: '{"type":"webhook.test"}',
    })
    expect(forged.status).toBe(400)
  }, 120_000)

  it('does the work once although each delivery comes twice, and unsubscribes at the end', async () => {
    const client = createConnectClient({ baseUrl: app.url, apiKey })
    const params = { id: sandboxId }
    await client('PUT /api/v1/sandboxes/:id/faults', {
      params,
      body: { webhooks: { duplicateRate: 1 } },
    })
    const example = start([process.execPath, 'examples/webhook-receiver/main.mjs'], {
      EDPSYCH_API_KEY: apiKey,
    })
    const origin = await example.said(/watching (http:\/\/localhost:\d+)\//)
    await example.said(/verified webhook\.test /)
    await client('POST /api/v1/keys', { body: { name: 'Something new', scopes: ['items.read'] } })
    await example.said(/verified (key\.created) /)
    // The test delivery is not an event: no dial turns it.
    await expect
      .poll(() => outcomes(origin), { timeout: patienceMs })
      .toEqual({ verified: 2, repeated: 1 })
    const { data } = await client('GET /api/v1/sandboxes/:id/inspections', { params, query: {} })

    expect(data).toHaveLength(3)
    expect(data.every(({ signature }) => signature?.verified)).toBe(true)
    expect(example.output().match(/verified/g)).toHaveLength(2)
    running.at(-1)?.kill('SIGTERM')
    await example.ended()
    expect((await client('GET /api/v1/webhooks', { query: {} })).data).toEqual([])
    await client('PUT /api/v1/sandboxes/:id/faults', { params, body: {} })
  }, 120_000)
})

describe('page with a widget', () => {
  it('shows an item with one command', async () => {
    const example = start([process.execPath, 'examples/embedded-widget/main.mjs'])
    const address = await example.said(/open (http:\S+)/)

    const page = await (await fetch(address)).text()

    expect(page).toContain(`<script async src="${app.url}/embed/v1/loader.js">`)
    const src = /<edpsych-embed src="([^"]+)"/.exec(page)?.[1] ?? ''
    const framed = await fetch(src)
    expect(framed.status).toBe(200)
  }, 120_000)
})

describe('sign-in with OAuth', () => {
  it('signs somebody in with one command, gets fresh tokens and signs out', async () => {
    const example = start([process.execPath, 'examples/oauth-login/main.mjs'])
    const address = await example.said(/open (http:\S+)/)
    const browser = createHttpBrowser()

    const login = await browser.send(`${address}login`)
    const asked = login.headers.get('location') ?? ''
    const back = await answerConsent(browser, app, asked)
    const home = await browser.open(back.href)

    expect(new URL(asked).searchParams.get('code_challenge_method')).toBe('S256')
    expect(back.origin).toBe(new URL(address).origin)
    expect(home.body).toContain('<h1>Signed in</h1>')
    expect(home.body.match(/<li>/g)?.length).toBe(5)
    const fresh = await browser.open(`${address}refresh`, { method: 'POST' })
    expect(fresh.body).toContain('<h1>Signed in</h1>')
    expect(fresh.body).toContain('<li>')
    const out = await browser.open(`${address}logout`, { method: 'POST' })
    expect(out.body).toContain('Sign in with EdPsych Connect')
  }, 120_000)

  it('refuses an answer to a question it did not ask', async () => {
    const example = start([process.execPath, 'examples/oauth-login/main.mjs'])
    const address = await example.said(/open (http:\S+)/)
    const browser = createHttpBrowser()

    await browser.send(`${address}login`)
    const forged = await browser.send(`${address}callback?code=stolen&state=other`)

    expect(forged.status).toBe(400)
    expect(forged.body).toContain('not to our question')
  }, 120_000)
})

it('says what to do when no server answers', async () => {
  const example = start([process.execPath, 'examples/webhook-receiver/main.mjs'], {
    EDPSYCH_URL: 'http://127.0.0.1:9',
  })

  expect(await example.ended()).toBe(1)
  expect(example.output()).toContain('start the server (npm start) or set EDPSYCH_URL')
}, 120_000)
