import type { JWK } from 'jose'
import { type Faults, noFaults } from './faults.ts'
import { defaultSettings, type Settings } from './settings.ts'

/** What an LMS administrator enters to make a tool known. */
export interface ToolRegistration {
  readonly clientId: string
  readonly deploymentId: string
  readonly name: string
  readonly toolUrl: string
  readonly loginUrl: string
  readonly redirectUris: readonly string[]
  readonly jwksUri: string
  readonly deepLinkUrl: string
  /** What it asked to learn of people; absent: what the LMS shares by itself. */
  readonly shares?: { readonly names: boolean; readonly email: boolean }
}

/** A registered tool; `id` is what Moodle calls the type id. */
export interface Tool extends ToolRegistration {
  readonly id: string
}

export interface ResourceLink {
  readonly id: string
  readonly courseId: string
  readonly toolId: string
  /** `web` is a plain `link` content item: it opens the URL and is never launched. */
  readonly kind: 'launch' | 'web'
  readonly title: string
  readonly text: string
  readonly url: string
  readonly custom: Readonly<Record<string, string>>
  readonly frame: { readonly width?: number; readonly height?: number }
  /** Courses and links that it was copied from, the last copy first; absent: made here. */
  readonly copiedFrom?: {
    readonly courseIds: readonly string[]
    readonly linkIds: readonly string[]
  }
}

export interface LineItem {
  readonly id: string
  readonly courseId: string
  readonly toolId: string
  readonly linkId: string | undefined
  readonly label: string
  readonly scoreMaximum: number
  readonly resourceId: string
  readonly tag: string
  readonly startDateTime: string | undefined
  readonly endDateTime: string | undefined
}

export const activityProgresses = [
  'Initialized',
  'Started',
  'InProgress',
  'Submitted',
  'Completed',
] as const
export const gradingProgresses = [
  'FullyGraded',
  'Pending',
  'PendingManual',
  'Failed',
  'NotReady',
] as const

/** The newest score one tool sent for one learner; `received` counts how many were accepted. */
export interface Score {
  readonly lineItemId: string
  readonly userId: string
  readonly timestamp: string
  readonly scoreGiven: number | undefined
  readonly scoreMaximum: number | undefined
  readonly activityProgress: (typeof activityProgresses)[number]
  readonly gradingProgress: (typeof gradingProgresses)[number]
  readonly comment: string
  readonly received: number
}

/** A launch between the click in the course and the tool's authentication request or response. */
export interface Launch {
  readonly id: string
  readonly kind: 'resource-link' | 'deep-linking'
  readonly toolId: string
  readonly userId: string
  readonly courseId: string
  readonly linkId: string | undefined
  readonly target: 'iframe' | 'window'
  readonly data: string
  readonly expiresAt: number
  step: 'started' | 'authenticated' | 'returned'
}

export interface AccessToken {
  readonly toolId: string
  readonly scopes: readonly string[]
  readonly expiresAt: number
}

/** A registration between the administrator's click and the tool's answer. */
export interface OpenRegistration {
  readonly expiresAt: number
  /** The tool that is to be changed; absent: a new one. */
  readonly toolId?: string
}

export interface StoredKey {
  readonly kid: string
  readonly privateJwk: JWK
}

/** Everything the LMS remembers; plain JSON, so that a snapshot is the whole of it. */
export interface LmsState {
  readonly version: 1
  nextId: number
  /** The published signing key; withdrawn keys are not kept, nothing may be signed with them. */
  key: StoredKey | undefined
  tools: Tool[]
  links: ResourceLink[]
  lineItems: LineItem[]
  scores: Score[]
  faults: Faults
  settings: Settings
  launches: Record<string, Launch>
  /** Keyed by the SHA-256 of the token. */
  accessTokens: Record<string, AccessToken>
  /** `<client id> <nonce or jti>` → when it may be forgotten, in ms. */
  usedOnce: Record<string, number>
  /** Registrations that an administrator has begun: by token, until when and for which tool. */
  registrations: Record<string, OpenRegistration>
}

/** The state of an LMS that has just been set up: courses without activities, nothing registered. */
export function freshState(): LmsState {
  return {
    version: 1,
    nextId: 1,
    key: undefined,
    tools: [],
    links: [],
    lineItems: [],
    scores: [],
    faults: noFaults(),
    settings: defaultSettings(),
    launches: {},
    accessTokens: {},
    usedOnce: {},
    registrations: {},
  }
}

/** The next number of this installation, never given twice, not even after a reset. */
export function takeId(state: LmsState): string {
  const id = String(state.nextId)
  state.nextId += 1
  return id
}

/** Empties courses, gradebook and switches; tools, keys and the numbering stay. */
export function resetContent(state: LmsState): void {
  const fresh = freshState()
  state.links = fresh.links
  state.lineItems = fresh.lineItems
  state.scores = fresh.scores
  state.faults = fresh.faults
  state.settings = fresh.settings
  state.launches = fresh.launches
}

/** Drops what has expired, so that a long-running sandbox does not grow. */
export function forgetExpired(state: LmsState, now: number): void {
  for (const [id, launch] of Object.entries(state.launches)) {
    if (launch.expiresAt <= now) delete state.launches[id]
  }
  for (const [hash, token] of Object.entries(state.accessTokens)) {
    if (token.expiresAt <= now) delete state.accessTokens[hash]
  }
  for (const [token, { expiresAt }] of Object.entries(state.registrations)) {
    if (expiresAt <= now) delete state.registrations[token]
  }
  for (const [key, until] of Object.entries(state.usedOnce)) {
    if (until <= now) delete state.usedOnce[key]
  }
}

/** True the first time; false when this client used the value before and it is still remembered. */
export function useOnce(state: LmsState, key: string, until: number, now: number): boolean {
  const remembered = state.usedOnce[key]
  if (remembered !== undefined && remembered > now) return false
  state.usedOnce[key] = until
  return true
}
