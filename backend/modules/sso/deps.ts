import type { Logger } from '../../core/logging.ts'
import type { RequestInfo } from '../../core/module.ts'
import type { Outgoing } from '../../core/outgoing/index.ts'
import type { Secrets } from '../../core/secrets/index.ts'
import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { Discover } from './oidc/discovery.ts'

export interface SsoDeps {
  readonly settings: Settings
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt'>
  readonly outgoing: Pick<Outgoing, 'request' | 'checkUrl'>
  readonly log: Logger
  readonly now: () => Date
  /** Values of the TXT records of a name; empty where there are none. */
  resolveTxt(name: string): Promise<readonly string[]>
  /** Signs a browser in; null where the account is disabled. */
  signInAs(
    ctx: TenantContext,
    accountId: string,
    request: Pick<RequestInfo, 'remoteAddress' | 'cookies' | 'setHeader'>,
  ): Promise<string | null>
  /** Who is signed in in this browser; undefined: nobody. */
  whoIs(request: {
    readonly cookies: Readonly<Record<string, string | undefined>>
    readonly requestId: string
    readonly remoteAddress: string
  }): Promise<TenantContext | undefined>
  endSession(sessionId: string): Promise<void>
}

export interface SsoParts extends SsoDeps {
  readonly discover: Discover
}
