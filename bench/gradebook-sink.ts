import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A gradebook that takes ten requests a second and fails one in twenty, in a process of its own.

const perSecond = 10
const failEvery = 20

const token = JSON.stringify({ access_token: 'bench', token_type: 'Bearer', expires_in: 3600 })
const recent: number[] = []
const scores = new Map<string, { readonly at: number; readonly given: number }>()
const counts = { requests: 0, refused: 0, failed: 0, taken: 0, repeated: 0, wrong: 0 }

/** The status of a score; some failures took it all the same, as a platform does that dies while it answers. */
function take(body: { userId: string; timestamp: string; scoreGiven: number }): number {
  const now = Date.now()
  while ((recent[0] ?? now) <= now - 1_000) recent.shift()
  counts.requests += 1
  if (recent.length >= perSecond) {
    counts.refused += 1
    return 429
  }
  recent.push(now)
  const turn = counts.requests % (2 * failEvery)
  if (turn === 0) {
    counts.failed += 1
    return 500
  }
  const known = scores.get(body.userId)
  const at = Date.parse(body.timestamp)
  if (known && known.at >= at) {
    counts.repeated += 1
    return 409
  }
  if (known) counts.wrong += 1
  scores.set(body.userId, { at, given: body.scoreGiven })
  counts.taken += 1
  if (turn !== failEvery) return 200
  counts.failed += 1
  return 502
}

const server = createServer((req, res) => {
  let text = ''
  req.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  req.on('end', () => {
    if (req.url === '/token') {
      res.writeHead(200, { 'content-type': 'application/json' }).end(token)
      return
    }
    if (req.url === '/counts') {
      res.writeHead(200, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ ...counts, people: scores.size }))
      return
    }
    const status = take(JSON.parse(text))
    res.writeHead(status, status === 429 ? { 'retry-after': '1' } : {}).end()
  })
})
server.listen(0, '127.0.0.1', () => {
  // Only a Unix socket has no port.
  const { port } = server.address() as AddressInfo
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
