import { beforeEach, describe, expect, it } from 'vitest'
import { systemContext, type TenantContext } from '../../backend/core/tenancy.ts'
import { closedCircuit } from '../../backend/modules/webhooks/delivery/circuit.ts'
import type { Sent } from '../../backend/modules/webhooks/delivery/send.ts'
import { recordHealth } from '../../backend/modules/webhooks/delivery/watch-health.ts'
import {
  DeliveryModel,
  insertDeliveries,
  newDelivery,
} from '../../backend/modules/webhooks/delivery-store.ts'
import {
  EndpointModel,
  type EndpointRow,
  findEndpoint,
  insertEndpoint,
  newEndpointId,
} from '../../backend/modules/webhooks/endpoint-store.ts'
import { useTestDatabase } from '../support/database.ts'
import { newTenant } from '../support/lti-launches.ts'

useTestDatabase()

const dayMs = 24 * 3600_000
const start = Date.parse('2026-11-01T00:00:00Z')

let ctx: TenantContext
let id: string
let now: number

beforeEach(async () => {
  ctx = systemContext(newTenant(), 'test')
  id = newEndpointId()
  now = start
  await insertEndpoint(ctx, {
    _id: id,
    url: 'https://hooks.example.org/',
    eventTypes: ['*'],
    description: '',
    filters: {},
    tenantIds: null,
    includeBelow: false,
    signature: 'hmac',
    payload: 'thin',
    format: 'standard',
    encryptionKey: null,
    ordering: 'none',
    apiVersion: null,
    enabled: true,
    secrets: [],
    disabledReason: null,
  })
})

async function endpoint(): Promise<EndpointRow> {
  const row = await findEndpoint(ctx, id)
  if (!row) throw new Error('the endpoint is gone')
  return row
}

/** One attempt ends at `day` of the endpoint's life; only its verdict matters here. */
async function attemptAt(day: number, kind: 'failed' | 'delivered'): Promise<EndpointRow> {
  now = start + day * dayMs
  const verdict = kind === 'failed' ? { kind, error: 'no', retryAfterMs: null } : { kind }
  const sent = [{ verdict } as Sent]
  await recordHealth(
    { now: () => now },
    { endpoint: await endpoint(), circuit: closedCircuit, sent },
  )
  return endpoint()
}

async function eventsTold(): Promise<string[]> {
  const row = await EndpointModel.findOne({ _id: id, tenantId: ctx.tenantId }).lean()
  return (row?.pendingEvents ?? []).map(({ type }) => type)
}

describe('an endpoint that fails', () => {
  it('is spoken of once after a day, and disabled after five', async () => {
    await attemptAt(0, 'failed')
    await attemptAt(0.9, 'failed')
    expect(await eventsTold()).toEqual(['webhook.created'])

    await attemptAt(1.1, 'failed')
    await attemptAt(1.2, 'failed')
    expect(await eventsTold()).toEqual(['webhook.created', 'webhook.failing'])

    expect((await attemptAt(4.9, 'failed')).enabled).toBe(true)
    expect(await attemptAt(5.1, 'failed')).toMatchObject({
      enabled: false,
      disabledReason: 'failing',
    })
    await attemptAt(5.2, 'failed')
    expect(await eventsTold()).toEqual(['webhook.created', 'webhook.failing', 'webhook.disabled'])
  })

  it('starts anew with each success', async () => {
    await attemptAt(0, 'failed')
    await attemptAt(1.1, 'failed')
    const healthy = await attemptAt(4.5, 'delivered')
    expect(healthy.health).toMatchObject({ failingSince: null, failures: 0, noticed: false })

    await attemptAt(4.6, 'failed')
    expect((await attemptAt(6, 'failed')).enabled).toBe(true)
  })

  it('leaves what waited as dead letters when it is disabled', async () => {
    const row = newDelivery({
      endpoint: { _id: id, tenantId: ctx.tenantId },
      event: {
        id: `evt_${id}`,
        type: 'webhook.test',
        tenantId: ctx.tenantId,
        data: { endpointId: id },
        occurredAt: new Date(),
        requestId: 'test',
      },
      lane: undefined,
      dueAt: new Date(),
    })
    await insertDeliveries([row])
    await attemptAt(0, 'failed')
    await attemptAt(5.1, 'failed')

    const left = await DeliveryModel.findOne({ _id: row._id, tenantId: ctx.tenantId }).lean()
    expect(left).toMatchObject({
      status: 'failed',
      lastError: expect.stringContaining('five days'),
    })
    expect(left?.dueAt).toBeUndefined()
  })
})
