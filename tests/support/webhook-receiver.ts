import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

export interface ReceivedWebhook {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly id: string
  readonly body: string
  readonly at: number
  json(): { type: string; timestamp: string; tenantId: string; data: Record<string, unknown> }
}

export interface WebhookReceiver {
  readonly url: string
  readonly received: ReceivedWebhook[]
  /** How it answers from now on; 204 at first. */
  answer(reply: (webhook: ReceivedWebhook, res: ServerResponse) => void): void
  /** Those of a type, once there are `count` of them. */
  waitFor(type: string, count?: number, timeoutMs?: number): Promise<ReceivedWebhook[]>
  close(): Promise<void>
}

/** A receiver of webhooks that remembers all it was sent. */
export async function startWebhookReceiver(port = 0): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  let reply: (webhook: ReceivedWebhook, res: ServerResponse) => void = (_webhook, res) => {
    res.writeHead(204).end()
  }
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const webhook: ReceivedWebhook = {
        path: req.url ?? '',
        headers: req.headers,
        id: String(req.headers['webhook-id']),
        body,
        at: Date.now(),
        json: () => JSON.parse(body),
      }
      received.push(webhook)
      reply(webhook, res)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  // Only a Unix socket has no port.
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${actual}`,
    received,
    answer(next) {
      reply = next
    },
    async waitFor(type, count = 1, timeoutMs = 45_000) {
      const deadline = Date.now() + timeoutMs
      for (;;) {
        const found = received.filter(({ body }) => body.includes(`"type":"${type}"`))
        if (found.length >= count) return found
        if (Date.now() > deadline) {
          const types = received.map(({ body }) => body.slice(0, 40)).join(' | ')
          throw new Error(`${found.length} of ${count} ${type} arrived; all: ${types}`)
        }
        await wait(20)
      }
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
