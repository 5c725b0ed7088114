import { z } from 'zod'
import { connectMongoose } from '../../backend/core/database/open-database.ts'
import { createJobs, defineJob } from '../../backend/core/jobs/index.ts'
import { createLogger } from '../../backend/core/logging.ts'

// A worker process for tests that kill it: takes the job `hang` and never ends it.
// Started with a connection string and a database name; tells its parent when the job began.

const [, , uri, dbName] = process.argv
if (uri === undefined || dbName === undefined) throw new TypeError('needs a URI and a database')

await connectMongoose(uri, dbName)
const hang = defineJob({
  name: 'hang',
  input: z.object({}),
  leaseMs: 3000,
  async run() {
    process.send?.('began')
    await new Promise((resolve) => setTimeout(resolve, 600_000))
  },
})
await createJobs({ definitions: [hang], log: createLogger({ level: 'silent' }) }).start()
