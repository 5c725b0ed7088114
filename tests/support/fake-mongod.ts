import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEmbedded } from '../../backend/core/database/embedded-engine.ts'

// Behaves as `mongod` does towards its launcher: same arguments, lock file with its process id, clean end on
// SIGTERM. The engine behind it is the embedded one.

const { values } = parseArgs({
  options: { dbpath: { type: 'string' }, bind_ip: { type: 'string' } },
})
const { dbpath = '', bind_ip: socketFile = '' } = values
const lockFile = join(dbpath, 'mongod.lock')

await mkdir(dbpath, { recursive: true })
const served = await openEmbedded({ root: dbpath, recordFile: join(dbpath, 'none'), socketFile })
await writeFile(join(dbpath, 'WiredTiger'), 'of a stand-in for mongod\n')
await writeFile(lockFile, `${process.pid}\n`)
process.on('SIGTERM', async () => {
  await served.close()
  await writeFile(lockFile, '')
  process.exit(0)
})
