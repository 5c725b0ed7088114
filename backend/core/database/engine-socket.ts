import { createServer, type Server, type Socket } from 'node:net'
import {
  commandNotFound,
  createFrameReader,
  type EngineReply,
  frameReply,
  readCommand,
} from './wire-message.ts'

/** The part of the native engine that is used. */
export interface Engine {
  roundTrip(message: Buffer): Promise<EngineReply>
  close(): Promise<void>
}

/** Engine 0.1.1 dies on these (seen: startSession, endSessions, killSessions). Drivers do not send them here; shells do. */
const unsupported = new Set([
  'startSession',
  'endSessions',
  'refreshSessions',
  'killSessions',
  'killAllSessions',
  'killAllSessionsByPattern',
  'commitTransaction',
  'abortTransaction',
])

/** The only commands that a driver sends in the old form; the same commands that kill the engine kill it there too. */
const legacyHandshake = new Set(['hello', 'isMaster', 'ismaster'])

export interface EngineServer {
  readonly server: Server
  /** Answers what was already asked, then ends every connection. */
  drain(): Promise<void>
}

/** A server that hands each wire message to the engine and writes the answers back in order. */
export function serveEngine(engine: Pick<Engine, 'roundTrip'>): EngineServer {
  const connections = new Map<Socket, () => Promise<void>>()
  const server = createServer((socket) => {
    connections.set(socket, serveConnection(engine, socket))
    socket.on('close', () => connections.delete(socket))
  })
  return {
    server,
    async drain() {
      server.close()
      await Promise.all(
        [...connections].map(async ([socket, settled]) => {
          socket.pause()
          await settled()
          socket.destroySoon()
        }),
      )
    },
  }
}

function serveConnection(engine: Pick<Engine, 'roundTrip'>, socket: Socket): () => Promise<void> {
  let queue = Promise.resolve()
  let lastReplyId = 0

  const answer = async (frame: Buffer) => {
    const reply = await ask(engine, frame)
    if (reply.moreToCome || socket.destroyed) return
    lastReplyId = (lastReplyId + 1) & 0x7fffffff
    socket.write(frameReply(reply, lastReplyId))
  }
  const read = createFrameReader((frame) => {
    queue = queue.then(() => answer(frame)).catch(() => void socket.destroy())
  })

  socket.on('data', (chunk) => {
    try {
      read(chunk)
    } catch {
      socket.destroy() // not the wire protocol: there is no answer the other side could read
    }
  })
  socket.on('error', () => socket.destroy()) // the client left; 'close' does the bookkeeping
  return () => queue
}

async function ask(engine: Pick<Engine, 'roundTrip'>, frame: Buffer): Promise<EngineReply> {
  const command = readCommand(frame)
  if (!command) throw new RangeError('a message that is neither OP_MSG nor OP_QUERY')
  if (command.isLegacy && !legacyHandshake.has(command.name)) {
    throw new RangeError('an OP_QUERY that is no handshake')
  }
  if (unsupported.has(command.name)) return commandNotFound(frame, command.name)
  return engine.roundTrip(frame)
}
