import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'

/** Addresses of ours, null where the product's own look holds. */
export interface Branding {
  readonly name: string
  readonly logoUrl: string | null
  readonly stylesheetUrl: string | null
}

export interface ContentDeps {
  readonly settings: Pick<Settings, 'publicUrl'>
  now(): Date
  /** How the organisation looks on other people's pages. */
  brandingOf(tenantId: string): Promise<Branding>
  /** An assessment item of the tenant; throws `not_found`. */
  describeItem(ctx: TenantContext, id: string): Promise<{ readonly title: string }>
}
