import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface ReceivedDelivery {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface WebhookEndpoint {
  readonly url: string
  readonly received: readonly ReceivedDelivery[]
  close(): Promise<void>
}

/** A developer's endpoint that answers what the test says. */
export async function startEndpoint(
  answer: (delivery: ReceivedDelivery) => number | Promise<number>,
): Promise<WebhookEndpoint> {
  const received: ReceivedDelivery[] = []
  const server = createServer((req, res) => {
    const take = async (): Promise<void> => {
      const delivery = { headers: req.headers, body: (await buffer(req)).toString('utf8') }
      received.push(delivery)
      res.statusCode = await answer(delivery)
      res.end()
    }
    // A delivery may be cut off when the test ends.
    take().catch(() => res.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server on a port has an address object.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
