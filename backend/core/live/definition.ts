import type { Server } from 'node:http'
import type { Scope } from '../../../shared/scopes.ts'
import type { BearerAuthenticator, RequestFacts } from '../http/index.ts'
import type { Logger } from '../logging.ts'
import type { TenantContext } from '../tenancy.ts'

/** What a page may follow, and the right it needs. */
export const liveTopics = {
  deliveries: 'webhooks.read',
  requests: 'usage.read',
  connections: 'connections.read',
  problems: 'problems.read',
  alerts: 'alerts.read',
  syncs: 'connections.read',
} as const satisfies Record<string, Scope>

export type LiveTopic = keyof typeof liveTopics

export interface Live {
  /** Sends to everyone who follows the topic in this process; never throws, never waits. */
  publish(tenantId: string, topic: LiveTopic, message: object): void
  /** Serves `/live` on the server. */
  attach(server: Server): void
  /** Says goodbye to everyone. */
  stop(): Promise<void>
}

export interface LiveOptions {
  readonly log: Logger
  readonly publicUrl: string
  bearer(): readonly BearerAuthenticator[]
  /** The staff session of the handshake's cookie. */
  session(facts: RequestFacts): Promise<TenantContext | undefined>
  /** The rights a caller still has; null: its credential or session has ended. */
  currentScopes(
    tenantId: string,
    principal: TenantContext['principal'],
  ): Promise<ReadonlySet<string> | null>
  /** How often a connected caller's rights are looked at again; default 3 s. */
  readonly checkEveryMs?: number
}
