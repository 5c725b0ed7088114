import { fork } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { buildStale } from './build.mjs'
import { root } from './run.mjs'

let server
let rebuilding = Promise.resolve()
let timer

function startServer() {
  server = fork(join(root, 'dist', 'backend', 'server.js'), { stdio: 'inherit' })
}

async function restart() {
  try {
    await buildStale(['server', 'web'])
  } catch (error) {
    process.stderr.write(`${error}\n`)
    return
  }
  if (server && server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill('SIGTERM')
    await ended
  }
  startServer()
}

await restart()
for (const folder of ['backend', 'shared', 'widgets', 'embed-sdk']) {
  watch(join(root, folder), { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      rebuilding = rebuilding.then(restart)
    }, 200)
  })
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server?.once('exit', (code) => process.exit(code ?? 0))
    server?.kill(signal)
  })
}
