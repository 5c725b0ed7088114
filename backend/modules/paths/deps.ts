import type { PathStep } from '../../../shared/api/paths.ts'
import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'

type StepKind = PathStep['kind']

/** What a path shows of the target of a step. */
export interface StepTarget {
  readonly title: string
  readonly maxScore: number | null
}

/** Who works in a launch, where, and with what. */
export interface LaunchFacts {
  readonly target: { readonly kind: string; readonly id: string | null }
  /** `<platform>/<user there>`. */
  readonly learnerId: string
  readonly isLearner: boolean
  readonly platformId: string
  readonly deploymentId: string
  readonly contextId: string | null
}

export interface PathsDeps {
  readonly settings: Pick<Settings, 'publicUrl'>
  now(): Date
  /** The targets of that kind which exist, by id. */
  targetsOf(
    ctx: TenantContext,
    kind: StepKind,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, StepTarget>>
  /** Null where there is no such launch, or not any more. */
  launchOf(ctx: TenantContext, launchId: string): Promise<LaunchFacts | null>
}
