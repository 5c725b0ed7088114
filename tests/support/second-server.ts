import mongoose from 'mongoose'
import { inject } from 'vitest'
import { freePort } from './live-server.ts'
import { startNodeProcess } from './node-process.ts'

export interface SecondServer {
  readonly url: string
  readonly pid: number
  /** SIGTERM, and wait for the end. */
  stop(): Promise<void>
  /** SIGKILL, and wait for the end. */
  kill(): Promise<void>
}

/** Another process of the whole server on the database that this process is connected to. */
export async function startSecondServer(settings: Record<string, string>): Promise<SecondServer> {
  const [address = '', query = ''] = inject('mongodbUri').split('?')
  const all = {
    PORT: String(await freePort()),
    MONGODB_URI: `${address.replace(/\/$/, '')}/${mongoose.connection.name}?${query}`,
    EDPSYCH_DEMO: '0',
    EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1',
    EDPSYCH_ADMIN_EMAIL: 'admin@test.example',
    EDPSYCH_ADMIN_PASSWORD: 'a long test passphrase',
    ...settings,
  }
  const pairs = Object.entries(all).map(([name, value]) => `${name}=${value}`)
  const started = startNodeProcess('app-process.ts', pairs)
  const { url } = await started.line('url')
  async function end(signal: NodeJS.Signals): Promise<void> {
    process.kill(started.pid, signal)
    await started.ended
  }
  return {
    url: String(url),
    pid: started.pid,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}
