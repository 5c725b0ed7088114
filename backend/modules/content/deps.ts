import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'

export interface ContentDeps {
  readonly settings: Pick<Settings, 'publicUrl'>
  now(): Date
  /** The title of an assessment item of the tenant; null where it does not exist. */
  findItem(ctx: TenantContext, id: string): Promise<{ readonly title: string } | null>
}
