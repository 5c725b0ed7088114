import type { WebhookDeps } from '../deps.ts'
import { type EndpointHealth, type EndpointRow, findEndpointsById } from '../endpoint-store.ts'
import { secretField } from '../endpoints.ts'
import { secretBytes } from '../signing.ts'

export interface ReadyEndpoint {
  readonly row: EndpointRow
  /** Those in force at this moment, the newest first. */
  secrets(now: number): Buffer[]
}

interface Known {
  readonly endpoint: ReadyEndpoint | null
  readonly readAt: number
}

const knownForMs = 1000
const mostKnown = 10_000

/** Endpoints with their secrets opened; another process's change is seen within a second. */
export function createEndpointCache({ secrets: opener }: Pick<WebhookDeps, 'secrets'>) {
  const known = new Map<string, Known>()
  // Opening a secret costs more than reading it; what is sealed never changes its meaning.
  const opened = new Map<string, Buffer>()

  async function open(row: EndpointRow): Promise<ReadyEndpoint> {
    const secrets: { bytes: Buffer; endsAt: number }[] = []
    for (const { sealed, endsAt } of row.secrets) {
      let bytes = opened.get(sealed)
      if (!bytes) {
        bytes = secretBytes(await opener.decrypt(row, secretField(row._id), sealed))
        if (opened.size >= mostKnown) opened.clear()
        opened.set(sealed, bytes)
      }
      secrets.push({ bytes, endsAt: endsAt?.getTime() ?? Number.POSITIVE_INFINITY })
    }
    return {
      row,
      secrets: (now) => secrets.filter(({ endsAt }) => endsAt > now).map(({ bytes }) => bytes),
    }
  }

  return {
    /** Each endpoint by its id; null where it does not exist any more. */
    async load(ids: readonly string[]): Promise<Map<string, ReadyEndpoint | null>> {
      const now = Date.now()
      const stale = ids.filter((id) => (known.get(id)?.readAt ?? 0) <= now - knownForMs)
      if (stale.length > 0) {
        const rows = await findEndpointsById(stale)
        if (known.size >= mostKnown) known.clear()
        for (const id of stale) {
          const row = rows.find(({ _id }) => _id === id)
          known.set(id, { endpoint: row ? await open(row) : null, readAt: now })
        }
      }
      return new Map(ids.map((id) => [id, known.get(id)?.endpoint ?? null]))
    },
    /** As it was last read or learnt. */
    latest(id: string): EndpointRow | undefined {
      return known.get(id)?.endpoint?.row
    },
    /** What this process itself wrote of an endpoint's health. */
    learn(id: string, health: EndpointHealth): void {
      const before = known.get(id)
      if (!before?.endpoint) return
      const { endpoint, readAt } = before
      known.set(id, { readAt, endpoint: { ...endpoint, row: { ...endpoint.row, health } } })
    },
    forget(id: string): void {
      known.delete(id)
    },
  }
}
