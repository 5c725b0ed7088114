import type { z } from 'zod'
import type { TimeBounds } from '../../../shared/api/list-query.ts'
import type { AuditEntry } from '../../../shared/api/operations.ts'
import type { PageQuery } from '../lists/index.ts'

export type AuditChange = NonNullable<z.output<typeof AuditEntry>['changes']>[number]
export type AuditResult = z.output<typeof AuditEntry>['result']

/** What happened, in identifiers and field names; a value of personal data is refused. */
export interface AuditRecord {
  /** `<object>.<verb>`, for example `lti.platform.create`. */
  readonly action: string
  readonly target?: { readonly type: string; readonly id: string }
  /** Names of the fields read or changed. */
  readonly fields?: readonly string[]
  readonly purpose?: string
  readonly result: AuditResult
  /** A code such as `lti_nonce_reused`; no free text. */
  readonly detail?: string
  /** Before and after, made by `changesOf`. */
  readonly changes?: readonly AuditChange[]
}

export interface AuditFilter extends PageQuery, TimeBounds {
  readonly action?: string | undefined
  readonly actorId?: string | undefined
  readonly targetId?: string | undefined
  readonly targetType?: string | undefined
  readonly q?: string | undefined
  readonly result?: AuditResult | undefined
}

export interface AuditProblem {
  readonly seq: number
  readonly kind: 'changed' | 'removed' | 'reordered' | 'checkpoint'
  readonly detail: string
}

export interface AuditVerification {
  readonly ok: boolean
  readonly entries: number
  readonly checkpoints: number
  readonly problems: AuditProblem[]
}
