import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bin, must, root } from './run.mjs'
import { forget, isStale, markBuilt } from './stale.mjs'

const common = ['package-lock.json', 'package.json']

/** What the server reads beside its code. */
const dataFolders = [
  'docs/connectors',
  'docs/guides',
  'CHANGELOG.md',
  'backend/demo/item-bank',
  'backend/demo/sample-package',
  'backend/sandbox/lms/assets',
  'backend/sandbox/vendors/assets',
]

const targets = {
  server: {
    inputs: [
      ...common,
      'backend',
      'shared',
      'docs/connectors',
      'docs/guides',
      'CHANGELOG.md',
      'tsconfig.json',
      'tsconfig.build.json',
    ],
    async build() {
      for (const folder of ['backend', 'shared', 'docs']) {
        rmSync(join(root, 'dist', folder), { recursive: true, force: true })
      }
      // Types are for `npm run check`; here they would cost every first start three quarters of its build.
      const options = ['--incremental', 'false', '--noCheck']
      await must(bin('tsc'), ['-p', 'tsconfig.build.json', ...options])
      for (const folder of dataFolders) {
        cpSync(join(root, folder), join(root, 'dist', folder), { recursive: true })
      }
    },
  },
  web: {
    inputs: [
      ...common,
      'widgets',
      'embed-sdk',
      'shared',
      'vite.config.ts',
      'scripts/build-web.mjs',
    ],
    build: () => must(process.execPath, ['scripts/build-web.mjs']),
  },
  client: {
    inputs: [...common, 'shared', 'scripts/build-client.ts', 'scripts/client-types.ts'],
    build: () => must(bin('tsx'), ['scripts/build-client.ts']),
  },
  extension: {
    inputs: [...common, 'extension', 'widgets/core', 'shared', 'scripts/build-extension.mjs'],
    build: () => must(process.execPath, ['scripts/build-extension.mjs']),
  },
}

/** Builds the targets whose sources changed; names what it builds on stderr. */
export async function buildStale(names, { force = false } = {}) {
  for (const name of names) {
    const { inputs, build } = targets[name]
    if (!force && !isStale(name, inputs)) continue
    process.stderr.write(`building ${name} …\n`)
    forget(name)
    await build()
    markBuilt(name, inputs)
  }
}

if (process.argv[1] === join(root, 'scripts', 'build.mjs')) {
  const asked = process.argv.slice(2).filter((name) => name in targets)
  await buildStale(asked.length > 0 ? asked : Object.keys(targets), {
    force: process.argv.includes('--force'),
  })
}
