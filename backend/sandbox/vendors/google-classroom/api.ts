import type { Request } from 'express'
import { invalid } from './google-error.ts'
import type { Caller } from './school.ts'

type Answer = (caller: Caller, req: Request) => unknown
type Method = 'get' | 'post' | 'patch' | 'delete'

/** Declares a method of the API: who calls is known, and what it throws is answered as Google does. */
export type Api = (method: Method, path: string, answer: Answer) => void

/** A part of the path. */
export const param = (req: Request, name: string): string => String(req.params[name] ?? '')

/** The fields that `updateMask` names; Google refuses a change without one. */
export function maskOf(req: Request, allowed: readonly string[]): string[] {
  const fields = String(req.query['updateMask'] ?? '')
    .split(',')
    .filter(Boolean)
  if (fields.length === 0) throw invalid('Update mask is required.')
  const unknown = fields.filter((field) => !allowed.includes(field))
  if (unknown.length > 0) {
    throw invalid(`Non-updatable fields: ${unknown.join(', ')}`)
  }
  return fields
}
