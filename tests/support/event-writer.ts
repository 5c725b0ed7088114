import mongoose from 'mongoose'
import { connectMongoose } from '../../backend/core/database/open-database.ts'
import { pushEvent, withOutbox } from '../../backend/core/events/index.ts'
import { systemContext, tenantScoped } from '../../backend/core/tenancy.ts'

// A process for tests that kill it: submits attempts, each with its event in the same write, and
// tells its parent of each one that the database acknowledged. It relays nothing.

const [, , uri, dbName, tenantId] = process.argv
if (!uri || !dbName || !tenantId) throw new TypeError('needs a URI, a database and a tenant')

const schema = new mongoose.Schema({ _id: String, submitted: Boolean })
schema.plugin(tenantScoped).plugin(withOutbox)
const model = mongoose.model('WrittenAttempt', schema, 'writtenAttempts')
const ctx = systemContext(tenantId, 'writer')

await connectMongoose(uri, dbName)
for (let i = 0; ; i++) {
  const attemptId = `att_${i}`
  await model.updateOne(
    { _id: attemptId, tenantId },
    {
      $set: { submitted: true },
      ...pushEvent(ctx, 'attempt.submitted', {
        attemptId,
        itemId: 'itm_1',
        score: 1,
        maxScore: 2,
        submittedAt: new Date().toISOString(),
      }),
    },
    { upsert: true },
  )
  process.send?.(attemptId)
}
