import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The file of a command that npm installed, to be run without a shell. */
export function bin(name) {
  return join(root, 'node_modules', '.bin', name)
}

/** Runs a command to its end; answers its exit code (a signal counts as 1). */
export function run(command, args, { env = {}, stdio = 'inherit', input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio,
    })
    if (input !== undefined) child.stdin.end(input)
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** Runs a command and ends this process with its exit code when it fails. */
export async function must(command, args, options) {
  const code = await run(command, args, options)
  if (code !== 0) process.exit(code)
}
