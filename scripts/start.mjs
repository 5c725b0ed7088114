import { buildStale } from './build.mjs'

await buildStale(['server', 'web'])
// Checking our own answers by their schemas is for development and tests.
process.env.NODE_ENV ??= 'production'
await import('../dist/backend/server.js')
