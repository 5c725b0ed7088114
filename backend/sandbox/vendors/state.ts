import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { z } from 'zod'
import type { LmsLog } from '../lms/lms.ts'
import { Dials, quietDials } from './dials.ts'

const Issued = z.object({
  kind: z.enum(['access', 'refresh', 'code']),
  /** For whom, as the vendor names them. */
  subject: z.string(),
  scope: z.string(),
  expiresAt: z.number(),
  /** What an authorization code was bound to. */
  redirectUri: z.string().optional(),
  codeChallenge: z.string().optional(),
  /** The refresh token an access token came from, by hash. */
  parent: z.string().optional(),
})
export type Issued = z.output<typeof Issued>

const State = z.object({
  version: z.literal(1),
  dials: z.unknown(),
  rotations: z.number().int(),
  webhookUrl: z.string(),
  issued: z.record(z.string(), Issued),
  /** What one vendor keeps beyond that; it reads it itself. */
  own: z.unknown().optional(),
})

/** Everything a simulator remembers; plain JSON, so that a snapshot is the whole of it. */
export interface VendorState extends z.output<typeof State> {
  dials: Dials
}

/** A simulator that was just set up. */
export function freshState(): VendorState {
  return { version: 1, dials: quietDials(), rotations: 0, webhookUrl: '', issued: {} }
}

/** The state a former run left behind; a file that cannot be read is set aside, not overwritten. */
export function loadState(file: string, log: LmsLog): VendorState {
  if (!existsSync(file)) return freshState()
  try {
    const found = State.parse(JSON.parse(readFileSync(file, 'utf8')))
    const dials = Dials.partial().safeParse(found.dials)
    return { ...found, dials: { ...quietDials(), ...dropUndefined(dials.data ?? {}) } }
  } catch (cause) {
    const aside = `${file}.unreadable`
    renameSync(file, aside)
    log.warn({ file: aside, reason: String(cause) }, 'simulated vendor state set aside')
    return freshState()
  }
}

/** What is left when nothing is undefined. */
export function dropUndefined<T extends object>(
  value: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  // Object.fromEntries forgets the keys that it was given.
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** A new token of this kind; what has expired is forgotten on the way. */
export function issue(state: VendorState, issued: Issued, now: number): string {
  for (const [hash, one] of Object.entries(state.issued)) {
    // Kept for a while: a client that asks too late is told so.
    if (one.expiresAt + 3_600_000 < now) delete state.issued[hash]
  }
  const token = randomBytes(32).toString('base64url')
  state.issued[hashOf(token)] = issued
  return token
}
