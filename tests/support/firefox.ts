import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type MessageEvent, WebSocket } from 'undici'

/** Any internal address will do, as long as the test knows it. */
const extensionUuid = '5f0d6c1e-7b1a-4c57-9f3e-2a8d0c4b9e11'

export interface Firefox {
  /** `moz-extension://<uuid>`. */
  readonly extensionOrigin: string
  /** Opens a page in a tab of its own and answers the tab. */
  open(url: string): Promise<string>
  /** The tab that shows an address, once there is one. */
  tabAt(address: string): Promise<string>
  /** The value of an expression in a tab, awaited; JSON only. */
  evaluate(tab: string, expression: string): Promise<unknown>
  /** Evaluates until the value is truthy. */
  until(tab: string, expression: string): Promise<void>
  click(tab: string, at: { readonly x: number; readonly y: number }): Promise<void>
  close(): Promise<void>
}

/** Path of a Firefox: `FIREFOX`, or one on the machine; undefined where there is none. */
export function findFirefox(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = folders.flatMap((folder) => ['firefox-esr', 'firefox'].map((n) => join(folder, n)))
  return [process.env['FIREFOX'] ?? '', ...found].find(isRunnable)
}

/** Stock Firefox with the extension loaded, for which classroom.google.com is on a local port and nothing else exists. */
export async function launchFirefox(
  executable: string,
  {
    extension,
    addonId,
    classroomPort,
  }: Readonly<Record<'extension' | 'addonId', string>> & {
    readonly classroomPort: number
  },
): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), 'edpsych-firefox-'))
  const proxy = await startProxy(classroomPort)
  writeFileSync(join(profile, 'user.js'), preferences(proxy.port, addonId))
  const child = spawn(
    executable,
    ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } },
  )
  const session = await openSession(await readAddress(child))
  await session.call('session.new', {
    capabilities: { alwaysMatch: { acceptInsecureCerts: true } },
  })
  await session.call('webExtension.install', { extensionData: { type: 'path', path: extension } })

  const tabs = async () => {
    const { contexts } = await session.call('browsingContext.getTree', {})
    // The answer's shape is given by WebDriver BiDi §7.3.3.3.
    return contexts as { context: string; url: string }[]
  }
  const evaluate = async (tab: string, expression: string) => {
    const { result, exceptionDetails } = await session.call('script.evaluate', {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
      target: { context: tab },
      awaitPromise: true,
      userActivation: false,
    })
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails))
    // A string, since the expression ends in JSON.stringify.
    return JSON.parse((result as { value: string }).value) as unknown
  }
  const tries = async <T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> => {
    for (let count = 0; count < 100; count += 1) {
      const value = await attempt()
      if (value) return value
      await wait(150)
    }
    throw new Error(`${what} did not come within fifteen seconds`)
  }

  return {
    extensionOrigin: `moz-extension://${extensionUuid}`,
    evaluate,
    open: async (url) => {
      const { context } = await session.call('browsingContext.create', { type: 'tab' })
      await session.call('browsingContext.navigate', { context, url, wait: 'complete' })
      return String(context)
    },
    tabAt: (address) =>
      tries(
        address,
        async () => (await tabs()).find(({ url }) => url.startsWith(address))?.context,
      ),
    until: async (tab, expression) => {
      await tries(expression, async () => Boolean(await evaluate(tab, expression)))
    },
    click: async (tab, { x, y }) => {
      await session.call('browsingContext.activate', { context: tab })
      const pointer = { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' } }
      const actions = [
        { type: 'pointerMove', x: Math.round(x), y: Math.round(y) },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ]
      await session.call('input.performActions', {
        context: tab,
        actions: [{ ...pointer, actions }],
      })
    },
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await session.call('browser.close', {})
      await Promise.race([ended, wait(10_000)])
      child.kill('SIGKILL')
      proxy.stop()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function preferences(proxyPort: number, addonId: string): string {
  const prefs = {
    'network.proxy.type': 1,
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': proxyPort,
    // Any other plain-text host ends at the proxy, which refuses it.
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': proxyPort,
    'security.cert_pinning.enforcement_level': 0,
    'extensions.webextensions.uuids': JSON.stringify({ [addonId]: extensionUuid }),
    // Permissions that are asked for with a click are granted without the prompt no test can answer.
    'extensions.webextOptionalPermissionPrompts': false,
    'browser.shell.checkDefaultBrowser': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'app.update.enabled': false,
  }
  return Object.entries(prefs)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('')
}

/** Forwards classroom.google.com to the synthetic pages and refuses the rest of the Internet. */
async function startProxy(classroomPort: number) {
  const server = createServer((_, response) => response.writeHead(502).end())
  server.on('connect', ({ url }, client) => {
    client.on('error', () => client.destroy())
    if (url !== 'classroom.google.com:443') {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      return
    }
    const upstream = connect(classroomPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { port, stop }
}

function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(output)?.[1]
      if (address) resolve(`${address}/session`)
    })
    child.once('exit', (code) => reject(new Error(`Firefox ended with ${code}: ${output}`)))
  })
}

type Reply = Record<string, unknown>

async function openSession(address: string) {
  const socket = new WebSocket(address)
  const waiting = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>()
  let last = 0
  socket.addEventListener('message', ({ data }: MessageEvent) => {
    // WebDriver BiDi §4: each message is one JSON object.
    const message = JSON.parse(String(data)) as { id?: number; type: string; result: Reply }
    const call = waiting.get(message.id ?? 0)
    if (!call) return
    if (message.type === 'success') call.resolve(message.result)
    else call.reject(new Error(String(data)))
  })
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  return {
    call: (method: string, params: object): Promise<Reply> => {
      last += 1
      const id = last
      socket.send(JSON.stringify({ id, method, params }))
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
    },
  }
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return path !== ''
  } catch {
    return false
  }
}
