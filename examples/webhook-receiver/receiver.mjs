import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { page } from './page.mjs'
import { whyNot } from './verify.mjs'

/**
 * The receiver itself: `POST /hook` takes deliveries, `GET /` shows them as they come.
 * `onEvent` is called once for each event, however often it is delivered.
 */
export function createReceiver({ secret, onEvent }) {
  /** A real application keeps the ids in its database, in the same write as the work. */
  const seen = new Set()
  const shown = []
  const watchers = new Set()

  function show(entry) {
    shown.unshift(entry)
    shown.length = Math.min(shown.length, 100)
    for (const watcher of watchers) watcher.write(`data: ${JSON.stringify(entry)}\n\n`)
  }

  async function receive(req, res) {
    const body = await buffer(req)
    const reason = whyNot({ headers: req.headers, body, secret: secret() })
    if (reason) {
      show({ at: new Date().toISOString(), outcome: 'refused', type: reason, id: '' })
      res.writeHead(400).end(`${reason}\n`)
      return
    }
    const id = req.headers['webhook-id']
    const event = JSON.parse(body.toString('utf8'))
    const isRepeat = seen.has(id)
    seen.add(id)
    // Answered before the work: what takes long would be sent again.
    res.writeHead(204).end()
    const outcome = isRepeat ? 'repeated' : 'verified'
    show({ at: new Date().toISOString(), outcome, type: event.type, id })
    if (!isRepeat) onEvent({ id, event })
  }

  function watch(res) {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    for (const entry of [...shown].reverse()) res.write(`data: ${JSON.stringify(entry)}\n\n`)
    watchers.add(res)
    res.once('close', () => watchers.delete(res))
  }

  return createServer((req, res) => {
    if (req.method === 'POST' && req.url === '/hook') {
      receive(req, res).catch((error) => {
        process.stderr.write(`${error.message}\n`)
        if (!res.headersSent) res.writeHead(500).end()
      })
    } else if (req.url === '/deliveries') watch(res)
    else if (req.url === '/')
      res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
    else res.writeHead(404).end()
  })
}
