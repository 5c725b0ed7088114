import { join } from 'node:path'
import { createBuilder } from 'vite'
import { root } from './run.mjs'

// `--mode test` opens the shadow roots and grants the hosts of the tests; see extension/vite.config.ts.
const at = process.argv.indexOf('--mode')
const mode = at > 0 ? process.argv[at + 1] : 'production'

const builder = await createBuilder({
  configFile: join(root, 'extension', 'vite.config.ts'),
  mode,
})
await builder.buildApp()
