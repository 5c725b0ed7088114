import type { z } from 'zod'
import type { PlatformBody } from '../../../shared/api/lti.ts'
import type { ResourceBody } from '../../../shared/api/resources.ts'
import type { Queue } from '../../core/jobs/index.ts'
import type { Logger } from '../../core/logging.ts'
import type { RequestInfo } from '../../core/module.ts'
import type { Outgoing } from '../../core/outgoing/index.ts'
import type { Secrets } from '../../core/secrets/index.ts'
import type { Settings } from '../../core/settings.ts'
import type { TenantContext } from '../../core/tenancy.ts'

/** What the synthetic school is filled with. */
export interface SchoolMaterial {
  /** A QTI 3 package. */
  itemBank(): Promise<Buffer>
  readonly library: readonly {
    readonly id: string
    readonly body: z.input<typeof ResourceBody>
  }[]
}

/** The simulated LMSs of this server, one for each sandbox that asks for it by its token. */
export interface SandboxLmsPark {
  registration(token: string): Omit<PlatformBody, 'name'>
  /** Starts anew; the address stays. */
  reset(token: string): Promise<void>
  forget(token: string): Promise<void>
}

/** What a webhook endpoint of a sandbox is known by. */
export interface WebhookFacts {
  readonly url: string
  readonly secrets: readonly string[]
}

export interface SandboxDeps {
  readonly settings: Pick<Settings, 'publicUrl'>
  readonly signUp: 'open' | 'staff'
  readonly log: Logger
  readonly secrets: Pick<Secrets, 'encrypt' | 'decrypt'>
  readonly outgoing: Pick<Outgoing, 'request' | 'checkUrl'>
  readonly queue: Pick<Queue, 'enqueue'>
  readonly material: SchoolMaterial
  importItems(
    ctx: TenantContext,
    file: { readonly fileName: string; readonly bytes: Buffer },
    options: { readonly itemIdOf: (identifier: string) => string },
  ): Promise<{ readonly imported: readonly { readonly id: string }[] }>
  registerPlatform(ctx: TenantContext, body: PlatformBody): Promise<void>
  signInGuest(tenantId: string, request: Pick<RequestInfo, 'setHeader'>): Promise<void>
  /** Absent where no simulated LMS is served. */
  lms(): SandboxLmsPark | undefined
  /** What a reset empties: what the school's work leaves behind, never keys and settings. */
  readonly workModels: readonly { readonly collection: { readonly collectionName: string } }[]
  /** A webhook endpoint of the tenant: by its id, or every one at an address. */
  findWebhooks(
    ctx: TenantContext,
    by: { readonly id: string } | { readonly url: string },
  ): Promise<readonly WebhookFacts[]>
  /** Told when a clock was moved, so that what waits for a time falls due. */
  clockMoved(tenantId: string, byMs: number): Promise<void>
  /** Real time; the sandbox's own is `sandbox.now`. */
  now(): Date
}
