import { setTimeout as wait } from 'node:timers/promises'
import type { SyncRequest, SyncRun } from '../../shared/api/syncs.ts'
import type { TestTenant } from './app.ts'
import { vendorCases } from './vendor-cases.ts'
import type { TestVendors, VendorId } from './vendors.ts'

/** A connection of the school to a simulated vendor that is in use. */
export async function connect(
  { client }: Pick<TestTenant, 'client'>,
  vendors: TestVendors,
  vendor: VendorId,
  name: string,
): Promise<string> {
  const { config, credentials } =
    vendorCases[vendor]?.settings(vendors.urlOf(vendor).replace(`/${vendor}`, '')) ?? {}
  const { id } = await client('POST /api/v1/connections', {
    body: { connectorId: vendor, name, config: { ...config }, credentials: { ...credentials } },
  })
  await client('POST /api/v1/connections/:id/activate', { params: { id }, body: {} })
  return id
}

/** A run that is asked for, as it is when it has ended or is held. */
export async function syncAndWait(
  { client }: Pick<TestTenant, 'client'>,
  connectionId: string,
  body: Partial<SyncRequest> = {},
): Promise<SyncRun> {
  const { id } = await client('POST /api/v1/connections/:id/syncs', {
    params: { id: connectionId },
    body,
  })
  return ended({ client }, id)
}

/** The run once it is neither waiting nor running. */
export async function ended(
  { client }: Pick<TestTenant, 'client'>,
  id: string,
  withinMs = 60_000,
): Promise<SyncRun> {
  return until(
    { client },
    id,
    ({ status }) => status !== 'waiting' && status !== 'running',
    withinMs,
  )
}

/** The run once it is as asked. */
export async function until(
  { client }: Pick<TestTenant, 'client'>,
  id: string,
  is: (run: SyncRun) => boolean,
  withinMs = 60_000,
): Promise<SyncRun> {
  const stopAt = Date.now() + withinMs
  for (;;) {
    const run = await client('GET /api/v1/syncs/:id', { params: { id } })
    if (is(run)) return run
    if (Date.now() > stopAt) throw new Error(`the run is still ${JSON.stringify(run)}`)
    await wait(100)
  }
}
