import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'

export interface ContentDeps {
  readonly settings: Pick<Settings, 'publicUrl'>
  now(): Date
  /** An assessment item of the tenant; throws `not_found`. */
  describeItem(ctx: TenantContext, id: string): Promise<{ readonly title: string }>
}
