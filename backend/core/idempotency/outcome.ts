import { z } from 'zod'
import { AppError, type ErrorCode, errors } from '../../../shared/errors.ts'
import type { Reply } from '../http/index.ts'
import { toAppError } from '../problem.ts'

const Outcome = z.union([
  z.object({
    status: z.number(),
    headers: z.record(z.string(), z.string()),
    text: z.string().nullable(),
  }),
  z.object({
    code: z.custom<ErrorCode>((code) => typeof code === 'string' && code in errors),
    message: z.string(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })),
  }),
])

/** Refusals that say the work was not begun: the same key may be used once the cause is gone. */
const beforeWork: ReadonlySet<ErrorCode> = new Set([
  'precondition_failed',
  'too_many_requests',
  'insufficient_scope',
  'invalid_request',
])

/** Whether a failure is what the key answers from now on. */
export function isOutcome(error: unknown): boolean {
  return !beforeWork.has(toAppError(error).code)
}

export function replyText(reply: Reply): string {
  return JSON.stringify(reply)
}

export function failureText(error: unknown): string {
  const { code, message, errors: fields } = toAppError(error)
  return JSON.stringify({ code, message, errors: fields })
}

/** The reply that was given, or throws the refusal that was. */
export function repeatOutcome(text: string): Reply {
  const outcome = Outcome.parse(JSON.parse(text))
  if ('text' in outcome) return outcome
  throw new AppError(outcome.code, outcome.message, { errors: outcome.errors })
}
