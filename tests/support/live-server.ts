import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface LiveServer {
  readonly url: string
  readonly sandboxUrl: string
  readonly dataDir: string
  readonly pid: number
  readonly admin: { readonly email: string; readonly password: string }
  output(): string
  /** SIGTERM and wait for the end; answers the exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
}

export interface LiveServerOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Kept between runs when given; otherwise a folder of its own that `stop` removes. */
  readonly dataDir?: string
  readonly port?: number
  readonly timeoutMs?: number
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port)
        else reject(new Error('no port'))
      })
    })
  })
}

/** Starts the built server as a process of its own and waits until it is ready to serve. */
export async function startLiveServer(options: LiveServerOptions = {}): Promise<LiveServer> {
  const port = options.port ?? (await freePort())
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'edpsych-live-'))
  const admin = { email: 'admin@live.example', password: 'a long test passphrase' }
  const child = spawn(process.execPath, [join(root, 'dist', 'backend', 'server.js')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: String(port),
      DATA_DIR: dataDir,
      EDPSYCH_ADMIN_EMAIL: admin.email,
      EDPSYCH_ADMIN_PASSWORD: admin.password,
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const url = `http://localhost:${port}`
  await waitUntilReady(
    child,
    `http://127.0.0.1:${port}`,
    options.timeoutMs ?? 110_000,
    () => output,
  )
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code))
  })
  const removeData = (): void => {
    if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true })
  }
  return {
    url,
    sandboxUrl: `http://127.0.0.1:${port}`,
    dataDir,
    pid: child.pid ?? -1,
    admin,
    output: () => output,
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM')
      const code = await ended
      removeData()
      return code
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function waitUntilReady(
  child: ChildProcess,
  url: string,
  timeoutMs: number,
  output: () => string,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  let last = 'nothing answered'
  while (Date.now() < deadline) {
    if (child.exitCode !== null) {
      throw new Error(`the server ended with ${child.exitCode}:\n${output()}`)
    }
    try {
      const response = await fetch(`${url}/readyz`)
      if (response.ok) return
      last = `it answered ${response.status}: ${await response.text()}`
    } catch {
      // Not listening yet.
    }
    await wait(50)
  }
  child.kill('SIGKILL')
  throw new Error(`the server was not ready within ${timeoutMs} ms, ${last}:\n${output()}`)
}
