import { workingStates } from '../../../shared/connection-states.ts'
import { AppError } from '../../../shared/errors.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { WorkingConnection } from '../connections/index.ts'
import type { MonitoringDeps } from './deps.ts'
import { deleteWatches, insertWatches, watchedIds } from './watch-store.ts'

type Deps = Pick<MonitoringDeps, 'connections' | 'everyMinutesOf' | 'now' | 'random'>

const atOnce = 500

/** Begins to watch what is in use and ends to watch what is not; answers how many of each. */
export async function reconcileWatches(
  deps: Deps,
  signal?: AbortSignal,
): Promise<{ begun: number; ended: number }> {
  const sum = { begun: 0, ended: 0 }
  let after: string | null = null
  for (;;) {
    signal?.throwIfAborted()
    const working: WorkingConnection[] = await deps.connections.listWorking(after, atOnce)
    const isLast = working.length < atOnce
    const until: string | null = isLast ? null : (working.at(-1)?.id ?? null)
    const watched = await watchedIds(after, until)
    const [wanted, known] = [new Set(working.map(({ id }) => id)), new Set(watched)]
    const missing = working.filter(({ id }) => !known.has(id))
    const left = watched.filter((id) => !wanted.has(id))
    await begin(missing, deps, 'in turn')
    await deleteWatches(left)
    sum.begun += missing.length
    sum.ended += left.length
    if (isLast) return sum
    after = until
  }
}

async function begin(
  connections: readonly Pick<WorkingConnection, 'id' | 'tenantId' | 'connectorId' | 'kind'>[],
  { everyMinutesOf, now, random }: Deps,
  when: 'now' | 'in turn',
): Promise<void> {
  const at = now()
  const watches = await Promise.all(
    connections.map(async ({ id, tenantId, connectorId, kind }) => {
      const everyMs = (await everyMinutesOf(tenantId)) * 60_000
      const inMs = when === 'now' ? 0 : everyMs * random()
      const dueAt = new Date(at.getTime() + inMs)
      return { id, tenantId, connectorId, kind, everyMs, dueAt }
    }),
  )
  await insertWatches(watches, at)
}

const working: readonly string[] = workingStates

/** Follows one connection whose state changed. */
export async function followState(
  ctx: TenantContext,
  connectionId: string,
  deps: Deps,
): Promise<void> {
  const connection = await readIfThere(ctx, connectionId, deps)
  if (connection && connection.deletedAt === null && working.includes(connection.state)) {
    await begin([connection], deps, 'now')
  } else {
    await deleteWatches([connectionId])
  }
}

async function readIfThere(ctx: TenantContext, connectionId: string, { connections }: Deps) {
  try {
    return await connections.read(ctx, connectionId)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}
