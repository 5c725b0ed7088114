import type { ContentBlock } from '../shared/api/resources.ts'
import type { ClassPage } from './sites/google-classroom.ts'

/** What the pages and the content script may ask of the background worker. */
export type Request =
  | { readonly type: 'pairing' }
  | {
      readonly type: 'pair'
      readonly server: string
      readonly code: string
      /** Stay paired after the browser closes. */
      readonly keep: boolean
    }
  | { readonly type: 'unpair' }
  | { readonly type: 'search'; readonly query: string; readonly cursor: string | null }
  | { readonly type: 'open-panel' }

export interface PairingStatus {
  readonly paired: {
    readonly user: string
    readonly tenant: string
    readonly expiresAt: string
    readonly kept: boolean
  } | null
  /** The server it is or was last paired with. */
  readonly server: string | null
  /** There was a pairing, and it ended by itself: expired, withdrawn, or the browser closed. */
  readonly ended: boolean
}

export interface LibraryResource {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly kind: string
  readonly educationalLevel: string | null
  readonly about: readonly string[]
  readonly timeRequiredMinutes: number | null
  readonly content: readonly ContentBlock[]
  readonly license: { readonly name: string; readonly url: string | null }
  readonly attribution: string
  readonly language: string
  readonly shareUrl: string
}

export interface ResourcePage {
  readonly data: readonly LibraryResource[]
  readonly nextCursor: string | null
}

export interface Replies {
  pairing: PairingStatus
  pair: PairingStatus
  /** Whether the server knows; a server that cannot be reached is forgotten all the same. */
  unpair: { readonly told: boolean }
  search: ResourcePage
  'open-panel': { readonly opened: 'panel' | 'tab' }
}

export const problemCodes = [
  'not_paired',
  'pairing_ended',
  'code_refused',
  'too_many_requests',
  'not_allowed',
  'permission_missing',
  'unreachable',
  'not_edpsych',
  'server_error',
  'extension_error',
] as const
export type ProblemCode = (typeof problemCodes)[number]

export interface Problem {
  readonly code: ProblemCode
  readonly requestId?: string
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem }

/** Asks the worker; typed by the request. */
export type Send = <R extends Request>(request: R) => Promise<Answer<Replies[R['type']]>>

/** What the side panel asks the content script of a tab. */
export const classPageQuestion = { type: 'class-page' } as const
export type ClassPageReply = ClassPage | null

type Shape = Readonly<Record<string, (value: unknown) => boolean>>

const isText = (most: number) => (value: unknown) =>
  typeof value === 'string' && value.length <= most
const isFlag = (value: unknown) => typeof value === 'boolean'

const shapes: Readonly<Record<Request['type'], Shape>> = {
  pairing: {},
  pair: { server: isText(300), code: isText(20), keep: isFlag },
  unpair: {},
  search: {
    query: isText(200),
    cursor: (value) => value === null || isText(500)(value),
  },
  'open-panel': {},
}

/** Reads a message from outside; undefined unless it is exactly one of ours. */
export function parseRequest(value: unknown): Request | undefined {
  if (!isRecord(value) || typeof value['type'] !== 'string') return undefined
  const shape = Object.hasOwn(shapes, value['type'])
    ? shapes[value['type'] as Request['type']]
    : undefined
  if (!shape) return undefined
  const { type: _, ...fields } = value
  const fits =
    Object.keys(fields).length === Object.keys(shape).length &&
    Object.entries(shape).every(([name, fitsField]) => fitsField(fields[name]))
  // Every field was just checked against the shape of its type.
  return fits ? (value as unknown as Request) : undefined
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
