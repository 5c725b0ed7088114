import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, inject, it } from 'vitest'

const webExt = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'web-ext')

/** What Mozilla's linter may say, and why it does not count. */
const expectedWarnings = {
  firefox: [
    // lit sets innerHTML, once for each template, from text that is constant in our files.
    'UNSAFE_VAR_ASSIGNMENT',
  ],
  chrome: [
    'UNSAFE_VAR_ASSIGNMENT',
    // Chrome's side panel and service worker, which Firefox does not have.
    'MANIFEST_PERMISSIONS',
    'BACKGROUND_SERVICE_WORKER_IGNORED',
  ],
}

let builds: string
beforeAll(async () => {
  builds = inject('extensionBuilds').production
})

interface LintReport {
  readonly errors: { code: string }[]
  readonly notices: { code: string }[]
  readonly warnings: { code: string }[]
}

async function lint(folder: string): Promise<LintReport> {
  const { stdout } = await promisify(execFile)(
    webExt,
    ['lint', '--source-dir', folder, '--output', 'json', '--no-config-discovery'],
    { env: { ...process.env, NO_UPDATE_NOTIFIER: '1' } },
  )
  // The linter's own report.
  return JSON.parse(stdout) as LintReport
}

describe.each(['chrome', 'firefox'] as const)('the build for %s', (browser) => {
  it('passes Mozilla’s linter', async () => {
    const { errors, notices, warnings } = await lint(join(builds, browser))

    expect(errors).toEqual([])
    expect(notices).toEqual([])
    const codes = new Set(warnings.map(({ code }) => code))
    expect(codes).toEqual(new Set(expectedWarnings[browser]))
  })

  it('loads no code from anywhere else', () => {
    const files = readdirSync(join(builds, browser), { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => name.endsWith('.html'))) {
      const html = readFileSync(join(builds, browser, file), 'utf8')
      expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
    }
  })

  it('keeps to its budgets', () => {
    const gzipped = (name: string) =>
      gzipSync(readFileSync(join(builds, browser, name)), { level: 9 }).length

    expect(gzipped('content.js')).toBeLessThanOrEqual(11 * 1024)
    expect(gzipped('background.js')).toBeLessThanOrEqual(8 * 1024)
    expect(statSync(join(builds, browser, 'manifest.json')).size).toBeGreaterThan(0)
  })

  it('runs its scripts without modules, as content scripts must', () => {
    for (const name of ['content.js', 'background.js']) {
      expect(readFileSync(join(builds, browser, name), 'utf8')).not.toMatch(
        /^\s*(import|export)\b/m,
      )
    }
  })
})
