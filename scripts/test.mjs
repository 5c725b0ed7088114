import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

const report = join(mkdtempSync(join(tmpdir(), 'edpsych-test-')), 'report.json')
const code = await run(
  bin('vitest'),
  [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { env: { CHROMIUM: browser } },
)

const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
  readFileSync(report, 'utf8'),
)
// A file that could not be loaded fails without a failed test; it must not read as a pass.
const failed = Math.max(numFailedTests, code === 0 ? 0 : Math.max(1, numFailedTestSuites))
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
process.stdout.write(`${numPassedTests} passed, ${failed} failed${skipped}\n`)
process.exit(code)
