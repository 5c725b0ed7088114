import type { Alert } from '../../../shared/api/alerts.ts'
import type { Logger } from '../../core/logging.ts'
import type { Outgoing } from '../../core/outgoing/index.ts'
import type { Secrets } from '../../core/secrets/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { findStanding, findUnresolvedOf } from '../problems/index.ts'
import type { SendMail } from './channels/mail.ts'

export interface AlertMessage {
  readonly kind: 'alert.changed'
  readonly alert: Alert
}

export interface AlertsOptions {
  readonly publicUrl: string
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt'>
  readonly outgoing: Pick<Outgoing, 'request' | 'checkUrl'>
  /** Null: this installation has no mail server. */
  readonly mail: SendMail | null
  readonly problems: {
    readonly findStanding: typeof findStanding
    readonly findUnresolvedOf: typeof findUnresolvedOf
  }
  /** The organisation and those above it, from the root down, each with its kind. */
  lineageOf(tenantId: string): Promise<readonly { readonly id: string; readonly kind: string }[]>
  /** Ids of the organisation and of everything below it. */
  treeOf(tenantId: string): Promise<readonly string[]>
  /** The roles of a member of staff; null for programs, which see every inbox. */
  rolesOf(ctx: TenantContext): Promise<readonly string[] | null>
  /** As people call a system. */
  connectorName(id: string): string
  publish(tenantId: string, topic: 'alerts', message: AlertMessage): void
  readonly log: Pick<Logger, 'info' | 'warn'>
  now(): Date
}

export type AlertsDeps = AlertsOptions
