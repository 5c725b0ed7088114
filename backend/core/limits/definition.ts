import type { LimitKind, PlanName, RateLimit } from '../../../shared/plans.ts'

/** What is asked of the pool of one bucket. */
export interface TokenRequest {
  /** Document of the pool. */
  readonly id: string
  readonly tenantId: string
  readonly limit: RateLimit
  /** The process that asks. */
  readonly by: string
  /** Calls that wait for a token now. */
  readonly waiting: number
  /** Tokens wanted in all: those for waiting calls, and some to spend later from memory. */
  readonly wanted: number
  /** How long ago the last token of the former lease was spent. */
  readonly spentAgoMs: number
}

export interface TokenGrant {
  readonly granted: number
  /** Left in the pool after this grant; may be a fraction. */
  readonly poolLeft: number
}

/** Where buckets are shared between processes. */
export interface TokenStore {
  take(request: TokenRequest): Promise<TokenGrant>
}

/** A limit as it holds for one credential or tenant. */
export interface EffectiveLimit extends RateLimit {
  readonly source: 'plan' | 'override'
}

/** What is laid down for one tenant besides its plan. */
export interface PolicyRow {
  readonly tenantId: string
  readonly plan: PlanName | null
  readonly overrides: Partial<Record<LimitKind, RateLimit>>
  /** By id of an API key or an OAuth client. */
  readonly credentials: readonly (RateLimit & { readonly id: string })[]
  readonly updatedAt: Date
}

/** The limits of every tenant, answered from memory. */
export interface Policies {
  /** Changes whenever any limit may have changed. */
  readonly revision: number
  planOf(tenantId: string, isTest: boolean): PlanName
  limitOf(tenantId: string, isTest: boolean, kind: LimitKind, credentialId?: string): EffectiveLimit
}
