import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const browserTests = '**/*.browser.test.ts'

// No test is about speed (the bench is): what is waited for may take its time on a busy machine.
const patience = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000, interval: 25 } },
}

/** Begun last, these would keep one core waiting at the end. */
const longest = [
  'webhooks-kill',
  'administrator',
  'developers',
  'lifecycle',
  'newcomer',
  'database-engine',
  'cli',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
      return at < 0 ? longest.length : at
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...patience,
          name: 'unit',
          // Rules without state: a new world for each file costs more than all of them.
          isolate: false,
          sequence: { groupOrder: 0 },
          include: ['{shared,backend,embed-sdk,extension,widgets,scripts}/**/*.test.ts'],
          exclude: [browserTests, '**/*.integration.test.ts', 'node_modules/**'],
        },
      },
      {
        test: {
          ...patience,
          name: 'integration',
          sequence: { groupOrder: 1 },
          include: [
            'tests/{integration,contract}/**/*.test.ts',
            'backend/**/*.integration.test.ts',
          ],
          // The whole server is loaded once for each worker, not once for each file.
          isolate: false,
          setupFiles: ['tests/support/clean-slate.ts'],
          globalSetup: ['tests/support/engine-setup.ts'],
          server: { deps: { inline: ['@lti-tool/core'] } },
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...patience,
          name: 'e2e',
          sequence: { groupOrder: 3 },
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: ['tests/support/extension-setup.ts'],
          maxWorkers: 2,
        },
      },
      {
        // Found late, these would reload the page in the middle of a test.
        optimizeDeps: {
          include: ['axe-core', 'lit', 'lit/decorators.js', '@lit/localize', '@lit/task'],
        },
        test: {
          ...patience,
          name: 'browser',
          sequence: { groupOrder: 2 },
          include: [browserTests],
          exclude: ['node_modules/**'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(process.env['CHROMIUM'] ? { executablePath: process.env['CHROMIUM'] } : {}),
                args: ['--no-sandbox'],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})
