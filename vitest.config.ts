import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

const browserTests = '**/*.browser.test.ts'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: ['{shared,backend,embed-sdk,extension,widgets,scripts}/**/*.test.ts'],
          exclude: [browserTests, '**/*.integration.test.ts', 'node_modules/**'],
        },
      },
      {
        test: {
          name: 'integration',
          sequence: { groupOrder: 1 },
          include: [
            'tests/{integration,contract}/**/*.test.ts',
            'backend/**/*.integration.test.ts',
          ],
          globalSetup: ['tests/support/engine-setup.ts'],
          server: { deps: { inline: ['@lti-tool/core'] } },
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          sequence: { groupOrder: 3 },
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          fileParallelism: false,
        },
      },
      {
        // Found late, these would reload the page in the middle of a test.
        optimizeDeps: {
          include: ['axe-core', 'lit', 'lit/decorators.js', '@lit/localize', '@lit/task'],
        },
        test: {
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
