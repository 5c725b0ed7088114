import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { buildStale } from './build.mjs'
import { browserVersion, findBrowser } from './find-browser.mjs'
import { bin, run } from './run.mjs'

let browser
try {
  browser = await findBrowser()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
process.stderr.write(`testing in ${browserVersion(browser)}\n`)
await buildStale(['server', 'web', 'extension'])

const folder = mkdtempSync(join(tmpdir(), 'edpsych-test-'))
const first = await runTests('report.json', process.argv.slice(2))
let last = first
let files = first.files
let second = []

// A busy machine can make a browser late. Few failed files get one more try by themselves, and it is said so.
const failedFiles = first.files.filter(isFailed)
if (first.code !== 0 && failedFiles.length > 0 && failedFiles.length <= 5) {
  const options = process.argv.slice(2).filter(isOptionOrValue)
  process.stderr.write(`\n${failedFiles.length} files failed; once more, by themselves\n`)
  last = await runTests('again.json', [...options, ...failedFiles.map(({ name }) => name)])
  const again = new Map(last.files.map((file) => [file.name, file]))
  second = failedFiles.filter(({ name }) => again.has(name) && !isFailed(again.get(name)))
  files = first.files.map((file) => again.get(file.name) ?? file)
}

const count = (status) =>
  files.reduce((sum, { tests }) => sum + tests.filter((one) => one.status === status).length, 0)
const skipped = count('skipped') + count('pending') + count('todo')
// A file that could not be loaded fails without a failed test; it must not read as a pass.
const broken = files.filter((file) => isFailed(file) && !file.tests.some(isFailed)).length
const failed = Math.max(count('failed') + broken, last.code === 0 ? 0 : 1)

for (const { name, tests } of second) {
  const names = tests.filter(isFailed).map(({ fullName }) => fullName)
  process.stdout.write(`passed at the second try: ${name} (${names.join('; ')})\n`)
}
process.stdout.write(
  `${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
)
process.exit(failed === 0 ? 0 : 1)

function isOptionOrValue(argument, index, all) {
  const before = all[index - 1] ?? ''
  return argument.startsWith('-') || (before.startsWith('-') && !before.includes('='))
}

function isFailed({ status }) {
  return status === 'failed'
}

async function runTests(reportName, filters) {
  const report = join(folder, reportName)
  const code = await run(
    bin('vitest'),
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
    { env: { CHROMIUM: browser } },
  )
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  return {
    code,
    files: testResults.map(({ name, status, assertionResults }) => ({
      name: relative(process.cwd(), name),
      status,
      tests: assertionResults,
    })),
  }
}
