import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeApi } from '../../backend/core/openapi/index.ts'
import { apiChanges } from '../../shared/api/changes.ts'
import { api } from '../../shared/api/index.ts'
import { latestVersion } from '../../shared/api/versions.ts'
import { findBreaks } from './compare-documents.ts'
import { asJson } from './compare-schemas.ts'

const folder = fileURLToPath(new URL('../../docs/api/', import.meta.url))
const present: Readonly<Record<string, unknown>> = JSON.parse(
  JSON.stringify(
    describeApi(api, { version: latestVersion, serverUrl: 'https://connect.example' }),
  ),
)
const releases = readdirSync(folder)
  .filter((name) => /^openapi-\d{4}-\d\d-\d\d\.json$/.test(name))
  .sort((a, b) => a.localeCompare(b))

if (process.argv.includes('--release')) release()
else check()

function release(): void {
  const name = `openapi-${latestVersion}.json`
  for (const old of releases) if (old !== name) rmSync(join(folder, old))
  writeFileSync(join(folder, name), `${JSON.stringify(present)}\n`)
  process.stderr.write(`docs/api/${name} is what changes are compared with from now on\n`)
}

function check(): void {
  const released = releases.at(-1)
  if (!released) throw new TypeError('docs/api holds no released document: npm run api:release')
  const before = asJson(JSON.parse(readFileSync(join(folder, released), 'utf8')))
  const declared = new Set(apiChanges.flatMap(({ breaks }) => breaks))
  const breaks = findBreaks(before, present)
  const undeclared = breaks.filter((what) => !declared.has(what))
  for (const what of undeclared) process.stderr.write(`${what}\n`)
  process.stderr.write(
    `${breaks.length} breaking changes since ${released}, ${undeclared.length} undeclared\n`,
  )
  if (undeclared.length === 0) return
  process.stderr.write(
    'docs/guides/versions.md says what is breaking; declare it in shared/api/changes.ts under a new version, or undo it\n',
  )
  process.exitCode = 1
}
