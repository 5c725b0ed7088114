import { buildStale } from './build.mjs'
import { bin, must } from './run.mjs'

await buildStale(['server', 'web'])
await must(bin('tsx'), ['bench/main.ts', ...process.argv.slice(2)])
