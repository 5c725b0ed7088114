import type { Events } from '../../core/events/definition.ts'
import type { Logger } from '../../core/logging.ts'
import type { Settings } from '../../core/settings.ts'

export interface AuthDeps {
  readonly settings: Settings
  readonly log: Logger
  /** The clock of expiries and delays. */
  now(): Date
  /** The clock of one tenant: a sandbox may have moved its own. */
  nowIn?(tenantId: string): Date | Promise<Date>
  readonly events?: Pick<Events, 'emit'> | undefined
}
