import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A Moodle that answers the call of a health check at once, in a process of its own.

const answer = JSON.stringify({ sitename: 'Measured', release: '4.5' })

const server = createServer((req, res) => {
  req.resume()
  req.on('end', () => {
    res.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  // Only a Unix socket has no port.
  const { port } = server.address() as AddressInfo
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
