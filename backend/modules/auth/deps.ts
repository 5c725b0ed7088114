import type { Events } from '../../core/events/definition.ts'
import type { Logger } from '../../core/logging.ts'
import type { Settings } from '../../core/settings.ts'

export interface AuthDeps {
  readonly settings: Settings
  readonly log: Logger
  /** The clock of expiries and delays. */
  now(): Date
  readonly events?: Pick<Events, 'emit'> | undefined
}
