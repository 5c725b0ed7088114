import { buildStale } from './build.mjs'

await buildStale(['server', 'web'])
await import('../dist/backend/server.js')
