import type { Server } from 'socket.io'

type Adapter = ReturnType<Server['of']>['adapter']

/** What is kept of a connection that broke off. */
export interface KeptConnection {
  readonly rooms: readonly string[]
  readonly data: unknown
}

/**
 * Socket.IO sends what a connection missed before any middleware runs: whoever lost the right to it while the
 * connection was broken must be told apart before that, and starts anew.
 */
export function guardRecovery(
  adapter: Adapter,
  mayResume: (kept: KeptConnection) => Promise<boolean>,
): void {
  const restore = adapter.restoreSession.bind(adapter)
  adapter.restoreSession = async (pid, offset) => {
    // The declared type says nothing of connections that are not kept any more: these are null.
    const kept = (await restore(pid, offset)) as Awaited<ReturnType<typeof restore>> | null
    const isAllowed = kept !== null && (await mayResume(kept))
    // Null makes Socket.IO open a connection without a past.
    return (isAllowed ? kept : null) as Awaited<ReturnType<typeof restore>>
  }
}
