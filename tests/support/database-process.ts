import mongoose from 'mongoose'
import { openDatabase } from '../../backend/core/database/open-database.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { AppError } from '../../shared/errors.ts'

// A stand-in for the server or the CLI, run as a process of its own: it prints one JSON object per line.
// `write` inserts numbered documents until SIGTERM, then ten more; `attach` inserts one and ends.

const lastWrites = 10
const [mode, dataDir = ''] = process.argv.slice(2)
let isStopping = false
process.on('SIGTERM', () => {
  isStopping = true
})

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

async function run(): Promise<void> {
  const database = await openDatabase({
    dataDir,
    log: createLogger({ level: 'silent' }),
    attach: mode === 'attach',
    kinds: ['embedded'],
  })
  const rows = mongoose.connection.collection<{ _id: string }>('rows')
  print({ ready: database.describe() })
  if (mode === 'attach') {
    print({ found: await rows.countDocuments() })
    await rows.insertOne({ _id: 'attached' })
  } else {
    let left = lastWrites
    for (let n = 0; left > 0; n++) {
      if (isStopping) left--
      await rows.insertOne({ _id: `row_${n}` })
      print({ acknowledged: n })
    }
  }
  await database.close()
  print({ closed: true })
}

await run().catch((error: unknown) => {
  const { code, message } =
    error instanceof AppError ? error : { code: 'unknown', message: `${error}` }
  print({ code, message })
  process.exitCode = 1
})
