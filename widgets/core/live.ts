import type { Socket } from 'socket.io-client'

export type LiveTopic = 'deliveries' | 'requests' | 'connections' | 'problems' | 'syncs' | 'alerts'

export interface LiveOptions {
  /** The organisation to follow, where the person may switch between several. */
  readonly tenantId?: string
  /** Elsewhere than this page's own server, with a token in place of the session. */
  readonly baseUrl?: string
  readonly token?: string
  readonly signal: AbortSignal
  /** After a gap too long to be made up: what is shown must be read anew. */
  onGap?(): void
}

/**
 * Follows a topic of the signed-in person's organisation until `signal` is aborted.
 * Works by WebSocket, and by long polling where that is blocked.
 * @example followTopic('deliveries', (delivery) => this.update(delivery), { signal })
 */
export async function followTopic<Message>(
  topic: LiveTopic,
  onMessage: (message: Message) => void,
  { tenantId, baseUrl, token, signal, onGap }: LiveOptions,
): Promise<void> {
  const { io } = await import('socket.io-client')
  if (signal.aborted) return
  const socket: Socket = io(baseUrl ?? location.origin, {
    path: '/live',
    auth: {
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(token === undefined ? {} : { token }),
    },
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
  })
  let wasConnected = false
  socket.on('connect', () => {
    if (socket.recovered) return
    if (wasConnected) onGap?.()
    wasConnected = true
    socket.emit('join', { topic })
  })
  socket.on(topic, onMessage)
  signal.addEventListener('abort', () => socket.disconnect(), { once: true })
}
