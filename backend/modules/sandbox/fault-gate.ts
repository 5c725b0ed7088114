import { setTimeout as wait } from 'node:timers/promises'
import type { Response } from 'express'
import { AppError } from '../../../shared/errors.ts'
import type { Gate, KnownCall } from '../../core/http/index.ts'
import type { Dial, Dials } from './dials.ts'

const header = 'edpsych-sandbox-fault'
const retryAfterSeconds = 1

/** Makes calls to a sandbox fail as its dial says; who turns the dial, and people at a page, are spared. */
export function createFaultGate(dials: Pick<Dials, 'of'>): Gate {
  return (call, res) => {
    if (call.ctx.mode !== 'test') return undefined
    const dial = dials.of(call.ctx.tenantId)
    if (!dial || isSpared(call)) return undefined
    const { slowMs, slowRate } = dial.faults.api
    if (slowMs > 0 && dial.strikes.next('slow', slowRate)) return slowDown(dial, res)
    return strike(dial, res)
  }
}

function isSpared({ ctx, operation }: KnownCall): boolean {
  return ctx.principal.kind === 'staff' || operation.includes(' /api/v1/sandboxes')
}

async function slowDown(dial: Dial, res: Response): Promise<void> {
  res.setHeader(header, 'slow')
  const gone = new AbortController()
  res.once('close', () => gone.abort())
  try {
    await wait(dial.faults.api.slowMs, undefined, { signal: gone.signal })
  } catch (error) {
    // The caller gave up; there is nobody left to answer.
    throw new AppError('service_unavailable', 'The caller has gone', { cause: error })
  }
  strike(dial, res)
}

function strike({ faults, strikes }: Dial, res: Response): void {
  const { expiredToken, rate429, rate500 } = faults.api
  if (expiredToken) {
    res.setHeader(header, 'expired-token')
    res.setHeader('www-authenticate', 'Bearer error="invalid_token"')
    throw new AppError('unauthenticated', 'The credential has expired; get a new one')
  }
  if (strikes.next('rate429', rate429)) {
    res.setHeader(header, 'rate429')
    throw new AppError('too_many_requests', `Too many requests; wait ${retryAfterSeconds} s`, {
      retryAfterSeconds,
    })
  }
  if (strikes.next('rate500', rate500)) {
    res.setHeader(header, 'rate500')
    throw new AppError('internal', 'This failure was asked for by the fault dial; try again')
  }
}

/** What goes wrong with one delivery of a webhook. */
export interface DeliveryFaults {
  /** Send it twice, both times with the same `webhook-id`. */
  readonly duplicate: boolean
  /** Hold it back until the next delivery to this endpoint has been sent. */
  readonly outOfOrder: boolean
  readonly delayMs: number
}

/** Decides over one delivery: to be asked once for each. Null where nothing goes wrong on purpose. */
export function deliveryFaultsOf(
  dials: Pick<Dials, 'of'>,
): (tenantId: string) => DeliveryFaults | null {
  return (tenantId) => {
    const dial = dials.of(tenantId)
    if (!dial) return null
    const { duplicateRate, outOfOrderRate, delayMs } = dial.faults.webhooks
    if (duplicateRate === 0 && outOfOrderRate === 0 && delayMs === 0) return null
    return {
      duplicate: dial.strikes.next('duplicate', duplicateRate),
      outOfOrder: dial.strikes.next('out-of-order', outOfOrderRate),
      delayMs,
    }
  }
}
