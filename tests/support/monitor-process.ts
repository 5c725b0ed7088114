import { connectMongoose } from '../../backend/core/database/open-database.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { createMonitoringModule } from '../../backend/modules/monitoring/index.ts'
import { createWatchedConnections } from './watched-connections.ts'

// A server's monitoring for tests that kill it: claims what is due and never ends a check.
// Started with a connection string, a database name and the ids of connections `<tenant>/<connection>`.

const [, , uri, dbName, ...names] = process.argv
if (uri === undefined || dbName === undefined) throw new TypeError('needs a URI and a database')

await connectMongoose(uri, dbName)
const now = () => new Date()
let checks = 0
const connections = createWatchedConnections({
  now,
  check() {
    checks += 1
    process.stdout.write(`${JSON.stringify({ [`began${checks}`]: true })}\n`)
    return new Promise(() => undefined)
  },
})
for (const name of names) {
  const [tenantId = '', id = ''] = name.split('/')
  connections.add(tenantId, id)
}
const monitoring = createMonitoringModule({
  connections: connections.access,
  everyMinutesOf: async () => 5,
  log: createLogger({ level: 'silent' }),
  now,
  checkTimeoutMs: 600_000,
})
monitoring.start()
setInterval(() => undefined, 60_000)
