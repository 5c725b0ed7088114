import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'

export type Passback = 'none' | 'pending' | 'sent' | 'failed'

export interface AssessmentDeps {
  readonly settings: Pick<Settings, 'publicUrl'>
  now(): Date
  /** Whether the scores of these submitted attempts reached a gradebook; an attempt that is not named had none to reach. */
  passbackOf(
    ctx: TenantContext,
    attempts: readonly { readonly id: string; readonly launchSessionId: string | null }[],
  ): Promise<ReadonlyMap<string, Passback>>
}
