import type { Flavour } from './flavours.ts'
import { Refusal } from './refusal.ts'
import type { RequestLog } from './request-log.ts'
import type { LmsState, Tool } from './state.ts'

/** What the LMS writes its own log to; a pino logger fits. */
export interface LmsLog {
  info(data: object, message: string): void
  warn(data: object, message: string): void
}

/** One running LMS: its memory, its clock and its way to the tools. */
export interface Lms {
  /** Without a trailing slash. */
  readonly baseUrl: string
  /** Its own address, or one that it shares with other schools. */
  readonly issuer: string
  readonly flavour: Flavour
  readonly state: LmsState
  readonly requests: RequestLog
  readonly log: LmsLog
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly fetch: typeof globalThis.fetch
  /** To be awaited before an answer that promises something was kept. */
  readonly changed: () => Promise<void>
}

/** The addresses a tool's administrator needs. */
export function endpoints(lms: Pick<Lms, 'baseUrl' | 'issuer'>): {
  issuer: string
  authorizationEndpoint: string
  tokenEndpoint: string
  jwksUri: string
} {
  return {
    issuer: lms.issuer,
    authorizationEndpoint: `${lms.baseUrl}/lti/auth`,
    tokenEndpoint: `${lms.baseUrl}/lti/token`,
    jwksUri: `${lms.baseUrl}/lti/jwks`,
  }
}

/** The registered tool with this id; an unknown id is a refusal. */
export function findTool(lms: Lms, id: string): Tool {
  const found = lms.state.tools.find((tool) => tool.id === id)
  if (!found) throw new Refusal(404, 'unknown_tool', `There is no tool number ${id}.`)
  return found
}
