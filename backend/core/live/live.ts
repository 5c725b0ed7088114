import type { Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { hasScope, type TenantContext } from '../tenancy.ts'
import { type Live, type LiveOptions, type LiveTopic, liveTopics } from './definition.ts'
import { guardRecovery, type KeptConnection } from './guard-recovery.ts'
import { callerOf, factsOfHandshake } from './handshake.ts'

const mostMessageBytes = 16 * 1024
const mostIncomingBytes = 4 * 1024
/** A connection that breaks off for less gets what it missed. */
const recoverableMs = 2 * 60_000

const Join = z.object({ topic: z.enum(Object.keys(liveTopics) as [LiveTopic, ...LiveTopic[]]) })
type Acknowledge = (answer: { ok: true } | { ok: false; code: string }) => void

type Incoming = { join(wish: unknown, acknowledge: unknown): void }
type Outgoing = Record<LiveTopic, (message: object) => void>
type Empty = Record<string, never>

interface SocketData {
  ctx: TenantContext
}

function roomOf(tenantId: string, topic: string): string {
  return `tenant:${tenantId}:${topic}`
}

/** Pushes what happens to pages that follow it: WebSocket, and long polling where that is cut off. */
export function createLive(options: LiveOptions): Live {
  const { log, publicUrl, currentScopes, checkEveryMs = 3000 } = options
  const io = new Server<Incoming, Outgoing, Empty, SocketData>({
    path: '/live',
    serveClient: false,
    maxHttpBufferSize: mostIncomingBytes,
    connectTimeout: 10_000,
    // Rights are asked for again also where a connection is taken up once more.
    connectionStateRecovery: { maxDisconnectionDuration: recoverableMs, skipMiddlewares: false },
  })
  /** When a room last had somebody in it: nothing is kept for rooms that nobody could come back to. */
  const lastFollowed = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let attached = false
  let stopped = false

  guardRecovery(io.of('/').adapter, mayResume)
  io.use((socket, next) => {
    identify(socket).then(
      () => next(),
      () => next(new Error('unauthenticated')),
    )
  })

  async function identify(socket: LiveSocket): Promise<void> {
    const ctx = await callerOf(factsOfHandshake(socket, publicUrl), options)
    if (!ctx) throw new AppError('unauthenticated', 'Sign in, or send a key in the handshake')
    socket.data.ctx = ctx
  }

  io.on('connection', (socket: LiveSocket) => {
    if (socket.recovered) leaveForbidden(socket)
    socket.on('join', (wish: unknown, acknowledge: unknown) => join(socket, wish, acknowledge))
  })

  function join(socket: LiveSocket, wish: unknown, acknowledge: unknown): void {
    const answer: Acknowledge =
      typeof acknowledge === 'function' ? (acknowledge as Acknowledge) : () => undefined
    const parsed = Join.safeParse(wish)
    if (!parsed.success) {
      answer({ ok: false, code: 'invalid_request' })
      return
    }
    const { topic } = parsed.data
    const { ctx } = socket.data
    if (!mayFollow(ctx, topic)) {
      answer({ ok: false, code: 'insufficient_scope' })
      return
    }
    const room = roomOf(ctx.tenantId, topic)
    lastFollowed.set(room, Date.now())
    void socket.join(room)
    answer({ ok: true })
  }

  function mayFollow(ctx: TenantContext, topic: LiveTopic): boolean {
    const { kind } = ctx.principal
    return kind !== 'launch' && kind !== 'embed' && hasScope(ctx, liveTopics[topic])
  }

  function allowedRooms(ctx: TenantContext): ReadonlySet<string> {
    const topics = (Object.keys(liveTopics) as LiveTopic[]).filter((topic) => mayFollow(ctx, topic))
    return new Set(topics.map((topic) => roomOf(ctx.tenantId, topic)))
  }

  async function mayResume({ rooms, data }: KeptConnection): Promise<boolean> {
    // Written by `identify`; a socket's own room is its id, which names no tenant.
    const { ctx } = data as SocketData
    const scopes = await currentScopes(ctx.tenantId, ctx.principal)
    if (scopes === null) return false
    const allowed = allowedRooms({ ...ctx, scopes })
    return rooms.every((room) => allowed.has(room) || !room.startsWith('tenant:'))
  }

  function leaveForbidden(socket: LiveSocket): void {
    const allowed = allowedRooms(socket.data.ctx)
    for (const room of socket.rooms) {
      if (room !== socket.id && !allowed.has(room)) void socket.leave(room)
    }
  }

  async function checkOne(socket: LiveSocket): Promise<void> {
    const { ctx } = socket.data
    const scopes = await currentScopes(ctx.tenantId, ctx.principal)
    if (scopes === null) {
      socket.disconnect(true)
      return
    }
    socket.data.ctx = { ...ctx, scopes }
    leaveForbidden(socket)
  }

  async function checkAll(): Promise<void> {
    const now = Date.now()
    for (const [room, at] of lastFollowed) {
      if (io.of('/').adapter.rooms.has(room)) lastFollowed.set(room, now)
      else if (now - at > recoverableMs) lastFollowed.delete(room)
    }
    for (const socket of io.of('/').sockets.values()) {
      await checkOne(socket).catch((error: unknown) => {
        // Asked again shortly; a database that is away ends no session.
        log.warn({ err: error }, 'a live connection could not be checked')
      })
    }
  }

  function scheduleCheck(): void {
    if (stopped) return
    timer = setTimeout(() => void checkAll().finally(scheduleCheck), checkEveryMs)
    timer.unref()
  }

  return {
    publish(tenantId, topic, message) {
      const room = roomOf(tenantId, topic)
      if (!lastFollowed.has(room)) return
      try {
        if (Buffer.byteLength(JSON.stringify(message)) > mostMessageBytes) {
          log.warn({ topic }, 'a live message was too large to be sent')
          return
        }
        io.to(room).emit(topic, message)
      } catch (error) {
        log.warn({ err: error, topic }, 'a live message could not be sent')
      }
    },
    attach(server: HttpServer) {
      io.attach(server)
      attached = true
      io.engine.on('headers', (headers: Record<string, string>) => {
        headers['x-content-type-options'] = 'nosniff'
        headers['cache-control'] = 'no-store'
        // As the API: any page may ask, with a credential of its own and without cookies.
        headers['access-control-allow-origin'] = '*'
      })
      scheduleCheck()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      io.disconnectSockets(true)
      // Not `io.close`: the HTTP server is not ours to close.
      if (attached) io.engine.close()
      return Promise.resolve()
    },
  }
}

type LiveSocket = Socket<Incoming, Outgoing, Empty, SocketData>
