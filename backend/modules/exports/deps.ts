import type { Resource } from '../../../shared/api/resources.ts'
import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'

export interface ExportsDeps {
  readonly settings: Pick<Settings, 'publicUrl'>
  readonly links: { seal(text: string): string; open(token: string): string | null }
  now(): Date
  /** Throws `not_found`. */
  describeItem(ctx: TenantContext, id: string): Promise<{ readonly title: string }>
  /** Throws `not_found`. */
  readResource(ctx: TenantContext, id: string): Promise<Resource>
  /** Throws `not_found`. */
  describePath(
    ctx: TenantContext,
    id: string,
  ): Promise<{
    readonly title: string
    readonly steps: readonly { readonly kind: 'item' | 'resource'; readonly targetId: string }[]
  }>
  /** Address of the public page of an item, made where it is missing; null where it was withdrawn. */
  sharePage(ctx: TenantContext, itemId: string): Promise<string | null>
}
