import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A receiver of webhooks in a process of its own: remembers when each event arrived, hangs below `/hang`,
// and tells under GET what it saw since it was last asked.

let seen: [resourceId: string, at: number][] = []
let count = 0

const server = createServer((req, res) => {
  if (req.method === 'GET') {
    res.end(JSON.stringify({ count, seen }))
    seen = []
    count = 0
    return
  }
  if (req.url === '/hang') {
    req.resume()
    return
  }
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => {
    count += 1
    const id = /"resourceId":"(\w+)"/.exec(Buffer.concat(chunks).toString('utf8'))?.[1]
    if (id !== undefined) seen.push([id, Date.now()])
    res.writeHead(204).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  // Only a Unix socket has no port.
  const { port } = server.address() as AddressInfo
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
