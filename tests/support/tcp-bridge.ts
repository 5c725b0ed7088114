import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface TcpBridge {
  /** The same database, reached over TCP. */
  readonly uri: string
  close(): Promise<void>
}

/** Lets a program that only speaks TCP reach a database on a Unix socket; a TCP address stays as it is. */
export async function startTcpBridge(mongodbUri: string): Promise<TcpBridge> {
  const [, host = '', rest = ''] = /^mongodb:\/\/([^/?]+)(.*)$/.exec(mongodbUri) ?? []
  const path = decodeURIComponent(host)
  if (!path.endsWith('.sock')) return { uri: mongodbUri, close: async () => undefined }

  const sockets = new Set<Socket>()
  const server = createServer((incoming) => {
    const outgoing = connect(path)
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(socket)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      // Either end may go away at any time; the other end then sees a closed connection.
      socket.on('error', () => other.destroy())
      socket.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the bridge does not listen')
  return {
    uri: `mongodb://127.0.0.1:${address.port}${rest}`,
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
