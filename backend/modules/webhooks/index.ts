import { Router } from 'express'
import { eventsApi } from '../../../shared/api/events.ts'
import { webhooksApi } from '../../../shared/api/webhooks.ts'
import { type EventConsumer, onEvent } from '../../core/events/index.ts'
import { defineModule, type Module } from '../../core/module.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { listDeliveries, readDelivery, readHealth, sendTest } from './deliveries.ts'
import { createDeliveryWorker, type DeliveryWorker } from './delivery/worker.ts'
import { DeliveryModel } from './delivery-store.ts'
import { showDelivery } from './delivery-view.ts'
import type { WebhookDeps, WebhookOptions } from './deps.ts'
import { EndpointModel } from './endpoint-store.ts'
import {
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  readEndpoint,
  rotateSecret,
  updateEndpoint,
} from './endpoints.ts'
import { listEvents, listEventTypes, readEvent } from './events.ts'
import { type EndpointFacts, type FactsQuery, findFacts } from './facts.ts'
import { fanOut } from './fan-out.ts'
import { readPromptness } from './promptness-store.ts'
import { replayDelivery, replayEndpoint } from './replay.ts'
import { shiftSchedule } from './schedule-store.ts'
import { createSigningKey } from './signing-key.ts'
import { SigningKeyModel } from './signing-key-store.ts'

const contract = { ...webhooksApi, ...eventsApi }

export interface WebhooksModule extends Module<typeof contract> {
  readonly consumers: readonly EventConsumer[]
  /** Sends; to be started once the database is ready and stopped before it closes. */
  readonly worker: Pick<DeliveryWorker, 'start' | 'stop'>
  /** An endpoint by its id, or every one at an address, with the secrets in force: for a receiver of ours. */
  findFacts(ctx: TenantContext, by: FactsQuery): Promise<EndpointFacts[]>
  /** Of the endpoints that something was made for lately: all, and those where nothing was tried yet. */
  promptness(now: Date): Promise<{ endpoints: number; waiting: number }>
  /** A sandbox's clock was moved: what waits becomes due by so much earlier. */
  clockMoved(tenantId: string, byMs: number): Promise<void>
}

export { formatSecret, secretBytes, signWithSecrets } from './signing.ts'

/** The models whose documents carry events to be relayed. */
export const outboxModels = [EndpointModel]

/** Subscriptions to events and their delivery by Standard Webhooks 1.0.0. */
export function createWebhooksModule(options: WebhookOptions): WebhooksModule {
  const deps: WebhookDeps = {
    ...options,
    now: options.now ?? (() => Date.now()),
    signingKey: createSigningKey(options.secrets),
  }
  const worker = createDeliveryWorker(deps, {
    onCompleted(sent) {
      for (const { row, attempt, status, nextAttemptAt, at } of sent) {
        const shown = showDelivery({
          ...row,
          status,
          nextAttemptAt,
          attemptCount: attempt.number,
          lastStatus: attempt.status,
          lastError: attempt.error,
          deliveredAt: status === 'delivered' ? at : row.deliveredAt,
          updatedAt: at,
        })
        deps.publish(row.tenantId, 'deliveries', shown)
      }
    },
  })
  const sending = { ...deps, onDue: worker.wake }
  const module = defineModule({
    name: 'webhooks',
    contract,
    models: [EndpointModel, DeliveryModel, SigningKeyModel],
    router: keysRouter(deps),
    handlers: {
      'GET /api/v1/webhooks': (ctx, { query }) => listEndpoints(ctx, query, deps),
      'POST /api/v1/webhooks': (ctx, { body }) => createEndpoint(ctx, body, deps),
      'GET /api/v1/webhooks/:id': (ctx, { params }) => readEndpoint(ctx, params.id, deps),
      async 'PATCH /api/v1/webhooks/:id'(ctx, { params, body }) {
        const changed = await updateEndpoint(ctx, params.id, body, deps)
        worker.forget(params.id)
        return changed
      },
      async 'DELETE /api/v1/webhooks/:id'(ctx, { params }) {
        await deleteEndpoint(ctx, params.id)
        worker.forget(params.id)
        return undefined
      },
      'GET /api/v1/webhooks/:id/health': (ctx, { params }) => readHealth(ctx, params.id, deps),
      'POST /api/v1/webhooks/:id/test': (ctx, { params }) => sendTest(ctx, params.id, sending),
      async 'POST /api/v1/webhooks/:id/rotate-secret'(ctx, { params, body }) {
        const rotated = await rotateSecret(ctx, params.id, body.overlapSeconds, deps)
        worker.forget(params.id)
        return rotated
      },
      'POST /api/v1/webhooks/:id/replay': (ctx, { params, body }) =>
        replayEndpoint(ctx, params.id, body, sending),
      'GET /api/v1/webhook-deliveries': (ctx, { query }) => listDeliveries(ctx, query),
      'GET /api/v1/webhook-deliveries/:id': (ctx, { params }) => readDelivery(ctx, params.id),
      'POST /api/v1/webhook-deliveries/:id/replay': (ctx, { params }) =>
        replayDelivery(ctx, params.id, sending),
      'GET /api/v1/event-types': () => Promise.resolve(listEventTypes()),
      'GET /api/v1/events': (ctx, { query }) => listEvents(ctx, query, deps.settings.publicUrl),
      'GET /api/v1/events/:id': (ctx, { params }) =>
        readEvent(ctx, params.id, deps.settings.publicUrl),
    },
  })
  return {
    ...module,
    worker,
    consumers: [
      onEvent('*', {
        consumer: 'webhooks',
        handle: (_ctx, event) => fanOut([event], sending),
        takeAtOnce: (events) => fanOut(events, sending),
      }),
    ],
    findFacts: (ctx, by) => findFacts(ctx, by, deps),
    promptness: readPromptness,
    async clockMoved(tenantId, byMs) {
      await shiftSchedule(tenantId, byMs)
    },
  }
}

/** Public keys of signatures `v1a` (Standard Webhooks 1.0.0), as a JWK Set. */
function keysRouter({ signingKey }: Pick<WebhookDeps, 'signingKey'>): Router {
  const router = Router()
  router.get('/.well-known/webhook-keys', async (_req, res) => {
    const { jwk } = await signingKey()
    res.setHeader('access-control-allow-origin', '*')
    res.setHeader('cache-control', 'public, max-age=3600')
    res.type('application/jwk-set+json').send(JSON.stringify({ keys: [jwk] }))
  })
  return router
}
