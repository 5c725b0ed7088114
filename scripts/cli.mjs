import { buildStale } from './build.mjs'

await buildStale(['server'])
await import('../dist/backend/cli/main.js')
