import type { StaffSession } from '../../../shared/api/access.ts'
import type { RequestFacts } from '../../core/http/index.ts'
import type { Logger } from '../../core/logging.ts'
import type { Secrets } from '../../core/secrets/index.ts'
import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'

export interface OAuthDeps {
  readonly settings: Settings
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt'>
  readonly log: Logger
  now(): Date
  /** The staff session of a browser, as the auth module reads it. */
  readonly staff: {
    authenticateSession(request: RequestFacts): Promise<TenantContext | undefined>
    describeSession(ctx: TenantContext): Promise<StaffSession>
  }
}

/** RFC 8707: the one API that access tokens are for. */
export function resourceOf({ publicUrl }: Pick<Settings, 'publicUrl'>): string {
  return `${publicUrl}/api`
}
