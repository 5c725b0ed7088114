import { bin, run } from './run.mjs'

// With --release the present document becomes the one that later changes are compared with.
process.exitCode = await run(bin('tsx'), ['scripts/api-changes/main.ts', ...process.argv.slice(2)])
