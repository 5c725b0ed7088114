import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'

const webFolder = join(import.meta.dirname, '..', '..', 'dist', 'web', 'embed')

export interface HostPage {
  readonly policy: string
  readonly body: string
}

export interface EmbedSite {
  /** Where the widgets live. */
  readonly widgets: string
  readonly integrity: string
  /** Puts a page on another origin and answers its address. */
  host(page: HostPage): string
  stop(): Promise<void>
}

const frames: Readonly<Record<string, string>> = {
  emb_good: `<p>Shown in the frame</p><script>
    const say = (more) => parent.postMessage({ ns: 'edpsych', v: 1, ...more }, '*')
    say({ type: 'ready' })
    say({ type: 'resize', height: 432 })
  </script>`,
  emb_silent: '<p>An error page</p>',
  // On the same origin as the good one, yet another window.
  emb_rival: `<script>
    for (const other of [parent, ...Array.from(parent.frames)])
      other.postMessage({ ns: 'edpsych', v: 1, type: 'resize', height: 5000 }, '*')
  </script>`,
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

/** The built loader with frames of our own making, and host pages under any policy. */
export async function startEmbedSite(): Promise<EmbedSite> {
  const loader = readFileSync(join(webFolder, 'loader.js'))
  const { integrity } = JSON.parse(readFileSync(join(webFolder, 'integrity.json'), 'utf8'))
  const pages: HostPage[] = []

  const widgetServer = createServer(({ url = '' }, res) => {
    if (url.endsWith('/loader.js')) {
      res.setHeader('content-type', 'text/javascript')
      res.setHeader('access-control-allow-origin', '*')
      res.end(loader)
      return
    }
    const [, id = ''] = /^\/embed\/v1\/view\/(\w+)/.exec(url) ?? []
    res.setHeader('content-type', 'text/html')
    res.statusCode = id in frames ? 200 : 404
    res.end(`<!doctype html><title>Frame</title>${frames[id] ?? ''}`)
  })
  const hostServer = createServer(({ url = '/' }, res) => {
    const page = pages[Number(url.slice(1))]
    res.setHeader('content-type', 'text/html; charset=utf-8')
    if (page) res.setHeader('content-security-policy', page.policy)
    res.end(
      `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,">${page?.body ?? ''}`,
    )
  })
  const widgets = await listen(widgetServer)
  const hosts = await listen(hostServer)

  return {
    widgets,
    integrity,
    host: (page) => `${hosts}/${pages.push(page) - 1}`,
    async stop() {
      for (const server of [widgetServer, hostServer]) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}
