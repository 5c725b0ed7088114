import type { Events } from '../../core/events/definition.ts'
import type { Logger } from '../../core/logging.ts'
import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'

export interface AuthDeps {
  readonly settings: Settings
  readonly log: Logger
  /** The clock of expiries and delays. */
  now(): Date
  /** The clock of one tenant: a sandbox may have moved its own. */
  nowIn?(tenantId: string): Date | Promise<Date>
  /** How long a sign-in counts as fresh in a tenant; absent: what the setting falls back to. */
  freshMinutesOf?(tenantId: string): Promise<number>
  /** Refuses a right password where the organisation has its people sign in otherwise. */
  assertMayUsePassword?(
    ctx: TenantContext,
    person: { readonly id: string; readonly homeTenantId: string },
  ): Promise<void>
  readonly events?: Pick<Events, 'emit'> | undefined
}
