import { once } from 'node:events'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import express from 'express'
import { createVendors } from './index.ts'

const help = `Simulated Moodle, Canvas, Blackboard, OneRoster and Oak, to try connections with.

  node dist/backend/sandbox/vendors/main.js [options]

  --port N          where to listen on 127.0.0.1 (VENDORS_PORT, 4100)
  --base-url URL    the vendors as browsers and clients see them (VENDORS_BASE_URL, http://127.0.0.1:PORT)
  --folder FOLDER   keeps dials and tokens between runs (VENDORS_FOLDER, unset: in memory)
  --help
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'base-url': { type: 'string' },
      folder: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return
  }
  const { env } = process
  const port = Number(values.port ?? env['VENDORS_PORT'] ?? '4100')
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError('the port must be a number from 1 to 65535, for example --port 4100')
  }
  const baseUrl = values['base-url'] ?? env['VENDORS_BASE_URL'] ?? `http://127.0.0.1:${port}`
  const folder = values.folder ?? env['VENDORS_FOLDER']
  const vendors = createVendors({ baseUrl, ...(folder ? { folder } : {}) })
  const server = createServer(express().use(new URL(baseUrl).pathname, vendors.app))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  process.stdout.write(`Simulated vendors: ${baseUrl}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close()
      server.closeAllConnections()
      void vendors.close()
    })
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
