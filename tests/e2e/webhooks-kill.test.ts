import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../../shared/api/client.ts'
import { freePort, type LiveServer, startLiveServer } from '../support/live-server.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const kills = 20
const writers = 4

const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-kill-'))
let receiver: WebhookReceiver
let server: LiveServer
let port: number
let apiKey: string

beforeAll(async () => {
  receiver = await startWebhookReceiver()
  port = await freePort()
  server = await start()
  apiKey = bootstrap()
})

afterAll(async () => {
  await server.stop()
  await receiver.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function start(): Promise<LiveServer> {
  return startLiveServer({
    dataDir,
    port,
    env: { EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1', EDPSYCH_DEMO: '0', LOG_LEVEL: 'error' },
  })
}

function bootstrap(): string {
  const args = ['dist/backend/cli/main.js', 'bootstrap', '--tenant', 'kill', '--json']
  const env = { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: 'silent' }
  const text = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', env })
  return JSON.parse(text).apiKey
}

function client() {
  return createClient({
    baseUrl: `http://127.0.0.1:${port}`,
    headers: () => ({ authorization: `Bearer ${apiKey}` }),
  })
}

/** Adds resources until told to stop; what fails was not acknowledged. */
async function write(acknowledged: Set<string>, signal: AbortSignal): Promise<void> {
  const api = client()
  while (!signal.aborted) {
    try {
      const { id } = await api('POST /api/v1/resources', {
        body: {
          name: 'Written under fire',
          learningResourceType: 'guidance',
          license: { name: 'CC BY 4.0', url: null },
          attribution: 'Us',
        },
      })
      acknowledged.add(id)
      await wait(5)
    } catch {
      // The server is dead or on its way back, or asks to slow down.
      await wait(50)
    }
  }
}

/** The webhook-ids under which each resource was told of. */
function delivered(): Map<string, Set<string>> {
  const byResource = new Map<string, Set<string>>()
  for (const webhook of receiver.received) {
    const { type, data } = webhook.json()
    if (type !== 'resource.created') continue
    const id = String(data['resourceId'])
    byResource.set(id, (byResource.get(id) ?? new Set()).add(webhook.id))
  }
  return byResource
}

it('loses no event when the server is killed 20 times at any moment', async () => {
  await client()('POST /api/v1/webhooks', {
    body: { url: receiver.url, eventTypes: ['resource.created'] },
  })
  const acknowledged = new Set<string>()
  const stop = new AbortController()
  const writing = Array.from({ length: writers }, () => write(acknowledged, stop.signal))

  for (let i = 0; i < kills; i++) {
    // Some events are on their way at each kill, however slow the machine is.
    const before = acknowledged.size
    while (acknowledged.size < before + 6) await wait(10)
    await wait(Math.random() * 400)
    await server.kill()
    server = await start()
  }
  await wait(500)
  stop.abort()
  await Promise.all(writing)

  const deadline = Date.now() + 60_000
  const missing = () => [...acknowledged].filter((id) => !delivered().has(id))
  while (missing().length > 0 && Date.now() < deadline) await wait(250)

  expect(acknowledged.size).toBeGreaterThan(kills * 5)
  expect(missing()).toEqual([])
  const unstable = [...delivered()].filter(([, ids]) => ids.size !== 1)
  expect(unstable).toEqual([])
}, 600_000)
