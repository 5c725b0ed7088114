import { readVersion } from '../version.ts'
import { runCli } from './run-cli.ts'

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  version: readVersion(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
})
