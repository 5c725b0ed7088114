import type { Router } from 'express'
import type { LmsLog } from '../lms/lms.ts'
import type { DialKey } from './dials.ts'
import type { RequestLog } from './request-log.ts'
import type { VendorState } from './state.ts'

/** What a vendor sends when it does not serve a request. */
export interface VendorAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Something an administrator copies into the settings of a connection. */
export interface Pasted {
  readonly label: string
  readonly value: string
}

/** Room for requests in the current minute. */
export interface Quota {
  readonly limit: number
  readonly remaining: number
  readonly resetAt: number
}

/** One running simulator: its memory, its clock and what it was asked. */
export interface Vendor {
  /** As browsers and clients see it, without a trailing slash. */
  readonly baseUrl: string
  readonly state: VendorState
  readonly requests: RequestLog
  readonly log: LmsLog
  /** Milliseconds since 1970 by the vendor's own clock, which may be wrong. */
  readonly now: () => number
  readonly fetch: typeof globalThis.fetch
  /** To be awaited before an answer that promises something was kept. */
  readonly changed: () => Promise<void>
}

/** A simulated product: its protocol, and how it fails. */
export interface VendorDefinition {
  readonly id: string
  readonly name: string
  /** What it stands for, in a sentence. */
  readonly summary: string
  readonly dials: readonly DialKey[]
  paste(vendor: Vendor): readonly Pasted[]
  /** The vendor's own paths. */
  routes(vendor: Vendor): Router
  readonly down: VendorAnswer
  readonly lying: VendorAnswer
  rateLimited(vendor: Vendor): VendorAnswer
  quotaHeaders?(quota: Quota): Readonly<Record<string, string>>
}

/** The test secret of this vendor; another one after each rotation. */
export function secretOf(vendor: Pick<Vendor, 'state'>, base: string): string {
  const { rotations } = vendor.state
  return rotations === 0 ? base : `${base}${rotations}`
}

/** A page as a web server or load balancer in front of the vendor sends it. */
export function frontPage(status: number, title: string, text: string): VendorAnswer {
  return {
    status,
    type: 'text/html; charset=utf-8',
    body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`,
  }
}
