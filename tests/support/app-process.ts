import { readConfig } from '../../backend/config.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { startServer } from '../../backend/start.ts'

// A second server for tests: what it is told by its arguments, `NAME=value` each; prints where it listens.

const settings = process.argv.slice(2).map((pair): [string, string] => {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
})
const config = readConfig(Object.fromEntries(settings), '0.0.0-test')
const server = await startServer(config, createLogger({ level: 'silent' }))
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.port}` })}\n`)
process.once('SIGTERM', () => {
  void server.stop().then(() => process.exit(0))
})
