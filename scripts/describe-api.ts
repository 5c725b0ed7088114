import { writeFileSync } from 'node:fs'
import { describeApi } from '../backend/core/openapi/index.ts'
import { api } from '../shared/api/index.ts'
import { latestVersion } from '../shared/api/versions.ts'

/** Writes the OpenAPI document of the contracts to a file, without a server or a database. */
const [file] = process.argv.slice(2)
if (!file) throw new TypeError('give the file to write')
const document = describeApi(api, {
  version: latestVersion,
  serverUrl: 'https://connect.example',
})
writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
