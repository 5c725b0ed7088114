// From the package: import { createConnectClient } from '@edpsych/connect-client'
import { createConnectClient } from '../../shared/client/index.ts'
import { access } from '../access.mjs'
import { exportGrades } from './export-grades.ts'

const file = process.argv[2] ?? 'grades.csv'

try {
  const { url, apiKey } = await access()
  const client = createConnectClient({ baseUrl: url, apiKey })
  const rows = await exportGrades(client, {
    file,
    pageSize: 20,
    onPage: (soFar) => process.stderr.write(`${soFar} attempts\n`),
  })
  process.stdout.write(`${rows} attempts are in ${file}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
