import type { ClaimedRow } from './claim-store.ts'
import type { ReadyEndpoint } from './endpoint-cache.ts'

export interface Claimed {
  readonly row: ClaimedRow
  readonly endpoint: ReadyEndpoint
  readonly claimedAt: number
}

/** What was claimed ahead of its turn, by endpoint, the oldest first. */
export function createClaimedQueue() {
  const queues = new Map<string, Claimed[]>()

  return {
    push(one: Claimed): void {
      const { endpointId } = one.row
      const queue = queues.get(endpointId)
      if (queue) queue.push(one)
      else queues.set(endpointId, [one])
    },
    shift(id: string): Claimed | undefined {
      const queue = queues.get(id)
      const first = queue?.shift()
      if (queue?.length === 0) queues.delete(id)
      return first
    },
    takeAll(id: string): Claimed[] {
      const all = queues.get(id) ?? []
      queues.delete(id)
      return all
    },
    /** What was claimed before a moment and has not had its turn since. */
    takeOlder(than: number): Claimed[] {
      const old: Claimed[] = []
      for (const [id, queue] of queues) {
        if ((queue[0]?.claimedAt ?? than) >= than) continue
        old.push(...queue.filter(({ claimedAt }) => claimedAt < than))
        const left = queue.filter(({ claimedAt }) => claimedAt >= than)
        if (left.length > 0) queues.set(id, left)
        else queues.delete(id)
      }
      return old
    },
    size: (id: string): number => queues.get(id)?.length ?? 0,
    get ids(): string[] {
      return [...queues.keys()]
    },
  }
}
