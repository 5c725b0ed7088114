import express, { type Request, Router } from 'express'
import { Counter } from 'prom-client'
import { AppError } from '../../../shared/errors.ts'
import { createAddressLimit } from '../../core/limits/index.ts'
import { type Outcome, receive } from './receive.ts'
import { createRefusals } from './refusals.ts'
import type { WatchDeps } from './watch.ts'

const mostOfConnection = { perMinute: 300, burst: 300 }
/** One supplier sends for many schools from few addresses. */
const mostOfNetwork = { perMinute: 3000, burst: 3000 }
const parseBody = express.raw({ type: () => true, limit: '256kb' })
const idForm = /^con_[0-9a-z]{26}$/

/** Not scraped by themselves: the server hands all figures out together. */
const registers: [] = []

export function createHookFigures() {
  return {
    deliveries: new Counter({
      name: 'edpsych_hook_deliveries_total',
      help: 'Messages of other systems by connector and what became of them',
      labelNames: ['connector', 'outcome'],
      registers,
    }),
  }
}

/** `POST /hooks/:connectionId`, where other systems tell us what changed. */
export function createHookRouter(
  deps: WatchDeps,
  figures: ReturnType<typeof createHookFigures>,
): Router {
  const connections = createAddressLimit()
  const networks = createAddressLimit()
  const refusals = createRefusals()
  const router = Router()

  function spend({ ip = '', params }: Request): void {
    const now = Date.now()
    const id = String(params['connectionId'])
    const isAllowed =
      networks.spend(ip, mostOfNetwork, now).isAllowed &&
      (!idForm.test(id) || connections.spend(id, mostOfConnection, now).isAllowed)
    if (isAllowed) return
    throw new AppError('too_many_requests', 'Too many messages; send the rest a minute later', {
      retryAfterSeconds: 60,
    })
  }

  async function outcomeOf(req: Request, requestId: string) {
    const id = String(req.params['connectionId'])
    const connection = idForm.test(id) ? await deps.connections.findWorking(id) : null
    if (!connection?.capabilities.includes('webhook.receive')) return 'absent'
    const body: unknown = req.body
    const text = Buffer.isBuffer(body) ? body.toString('utf8') : ''
    const delivery = { headers: headersOf(req), body: text, requestId }
    const outcome = await receive(connection, delivery, deps, refusals)
    figures.deliveries.inc({ connector: connection.connectorId, outcome })
    return outcome
  }

  router.post(
    '/hooks/:connectionId',
    (req, res, next) => {
      res.setHeader('cache-control', 'no-store')
      spend(req)
      next()
    },
    parseBody,
    async (req, res) => {
      refuse(await outcomeOf(req, String(res.locals['requestId'] ?? '')))
      res.status(202).end()
    },
  )
  return router
}

function refuse(outcome: Outcome): void {
  if (outcome === 'absent') {
    throw new AppError('not_found', 'Nothing at this address takes messages')
  }
  if (outcome === 'refused') {
    throw new AppError(
      'hook_not_genuine',
      'The message is not signed as agreed, or its time cannot be right',
    )
  }
  if (outcome === 'later') {
    throw new AppError('service_unavailable', 'It cannot be checked now; send it again', {
      retryAfterSeconds: 60,
    })
  }
}

function headersOf(req: Request): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(req.headers)) {
    if (typeof value === 'string') headers[name] = value
  }
  return headers
}
