import type { Audit } from '../../core/audit/index.ts'
import type { Queue } from '../../core/jobs/index.ts'
import type { TokenSealer } from '../../core/secrets/token-sealer.ts'

export interface DataNotices {
  readonly dataRegion: string
  readonly dataProtectionContact: string | null
}

export interface OffboardingDeps {
  readonly publicUrl: string
  readonly queue: Pick<Queue, 'enqueue'>
  readonly audit: Pick<Audit, 'sign' | 'checkpointAll'>
  /** For links to archives. */
  readonly links: TokenSealer
  /** What an organisation tells about its data: noted while it is still there. */
  noticesOf(tenantId: string): Promise<DataNotices>
  /** Deletes a sandbox below an organisation that leaves. */
  removeSandbox(id: string): Promise<void>
  now(): Date
}

/** What no archive holds: secrets, and what only makes sense to the running server. */
export const neverExported: readonly string[] = [
  'apiKeys',
  'dataKeys',
  'staffSessions',
  'pairingCodes',
  'signInFailures',
  'idempotencyKeys',
  'oauthPayloads',
  'oauthState',
  'rateBuckets',
  'jobs',
  'jobLanes',
]

export const withoutFields: Readonly<Record<string, readonly string[]>> = {
  staffUsers: ['passwordHash'],
}
