import type { Request, Response } from 'express'
import type { Route } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { ApiCall, HttpOptions } from './definition.ts'
import { identifyCaller } from './identify.ts'

const nowhere: Route = { summary: 'No operation', access: 'tenant' }

/**
 * Counts a call that no operation answers for the credential it came with: its refusal says what is left like
 * any other, and looking for addresses is limited too. A credential that is not valid changes nothing.
 */
export async function countStrayCall(
  req: Request,
  res: Response,
  options: HttpOptions,
): Promise<void> {
  if (req.headers.authorization === undefined) return
  const call: ApiCall = {
    operation: '',
    route: nowhere,
    req,
    requestId: String(res.locals['requestId']),
    startedAt: performance.now(),
    ctx: null,
  }
  try {
    call.ctx = await identifyCaller(call, options)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
  }
  await options.limit?.(call, res)
}
