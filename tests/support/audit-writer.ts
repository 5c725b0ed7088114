import { once } from 'node:events'
import { recordAudit } from '../../backend/core/audit/index.ts'
import { connectMongoose } from '../../backend/core/database/open-database.ts'
import { systemContext } from '../../backend/core/tenancy.ts'

// A second process for tests: appends audit entries one after the other once its parent says so.

const [, , uri, dbName, tenantId, count] = process.argv
if (!uri || !dbName || !tenantId) throw new TypeError('needs a URI, a database and a tenant')

await connectMongoose(uri, dbName)
const go = once(process, 'message')
process.send?.('ready')
await go
const ctx = systemContext(tenantId, 'other-process')
for (let i = 0; i < Number(count); i++) {
  await recordAudit(ctx, { action: 'item.read', result: 'success' })
}
process.exit(0)
