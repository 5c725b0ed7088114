import { createHash, randomUUID } from 'node:crypto'
import type { Response } from 'express'
import { AppError } from '../../../shared/errors.ts'
import type { Around, KnownCall, Reply } from '../http/index.ts'
import type { Logger } from '../logging.ts'
import type { Secrets } from '../secrets/index.ts'
import { fingerprintOf } from './fingerprint.ts'
import { failureText, isOutcome, repeatOutcome, replyText } from './outcome.ts'
import { readIdempotencyKey } from './read-key.ts'
import {
  type IdempotencyRow,
  insertOrFind,
  releaseKey,
  renewLock,
  storeOutcome,
  takeOverExpired,
} from './store.ts'

export interface IdempotencyOptions {
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt'>
  readonly log: Pick<Logger, 'warn'>
  readonly clock?: () => number
  /** How long a run that tells nothing is taken to be alive. */
  readonly lockMs?: number
}

const keptMs = 24 * 3600 * 1000

/** `Idempotency-Key`: an unsafe call takes effect once, however often it is sent; for `HttpOptions.around`. */
export function createIdempotency({
  secrets,
  log,
  clock = Date.now,
  lockMs = 60_000,
}: IdempotencyOptions): { readonly around: Around } {
  async function around(
    call: KnownCall,
    _input: object,
    run: () => Promise<Reply>,
    res: Response,
  ): Promise<Reply> {
    const header = call.req.get('idempotency-key')
    // Where nobody is recognised, a key would be shared by strangers.
    if (header === undefined || call.ctx.tenantId === '') return run()
    const row = newRow(call, readIdempotencyKey(header))
    const earlier = await claim(row)
    if (earlier === null) return await runOnce(row, run)
    if (earlier.fingerprint !== row.fingerprint) {
      throw new AppError(
        'idempotency_key_reused',
        'This Idempotency-Key was used for another request within 24 hours; make a new key',
      )
    }
    if (earlier.outcome === undefined) throw stillRunning(earlier)
    const text = await secrets.decrypt(call.ctx, fieldOf(row), earlier.outcome)
    res.setHeader('idempotent-replayed', 'true')
    return repeatOutcome(text)
  }

  function newRow({ ctx, req }: KnownCall, key: string): IdempotencyRow {
    const { kind, id } = ctx.principal
    const now = clock()
    return {
      _id: createHash('sha256')
        .update([ctx.tenantId, kind, id, key].join('\n'))
        .digest('base64url'),
      tenantId: ctx.tenantId,
      fingerprint: fingerprintOf(req),
      runId: randomUUID(),
      lockedUntil: new Date(now + lockMs),
      expiresAt: new Date(now + keptMs),
    }
  }

  /** Null: this call is the first and holds the lock. */
  async function claim(row: IdempotencyRow): Promise<IdempotencyRow | null> {
    const found = await insertOrFind(row)
    if (found === null || found.expiresAt.getTime() > clock()) return found
    return (await takeOverExpired(found, row)) ? null : await claim(row)
  }

  function stillRunning({ lockedUntil }: IdempotencyRow): AppError {
    const leftMs = lockedUntil.getTime() - clock()
    if (leftMs <= 0) {
      return new AppError(
        'idempotency_outcome_unknown',
        'The first request with this key was interrupted and may or may not have taken effect: look, then use a new key',
      )
    }
    return new AppError(
      'idempotency_in_progress',
      'The first request with this key is still running; send it again later',
      { retryAfterSeconds: Math.min(Math.ceil(leftMs / 1000), 5) },
    )
  }

  async function runOnce(row: IdempotencyRow, run: () => Promise<Reply>): Promise<Reply> {
    const renewal = setInterval(() => {
      renewLock(row, new Date(clock() + lockMs)).catch((error: unknown) => {
        log.warn({ err: error }, 'the lock of an idempotency key could not be renewed')
      })
    }, lockMs / 3)
    renewal.unref()
    try {
      const reply = await run()
      await keep(row, replyText(reply))
      return reply
    } catch (error) {
      if (isOutcome(error)) await keep(row, failureText(error))
      else await free(row)
      throw error
    } finally {
      clearInterval(renewal)
    }
  }

  /** What was done is done: without a record of it, a repetition is told that the outcome is unknown. */
  async function keep(row: IdempotencyRow, text: string): Promise<void> {
    try {
      await storeOutcome(row, await secrets.encrypt(row, fieldOf(row), text))
    } catch (error) {
      log.warn({ err: error }, 'the outcome of an idempotent request could not be kept')
    }
  }

  async function free(row: IdempotencyRow): Promise<void> {
    try {
      await releaseKey(row)
    } catch (error) {
      log.warn({ err: error }, 'an idempotency key could not be freed')
    }
  }

  return { around }
}

function fieldOf({ _id }: Pick<IdempotencyRow, '_id'>): string {
  return `idempotency.${_id}`
}
