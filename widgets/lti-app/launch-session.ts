import type { SessionGrant } from '../../shared/lti.ts'
import { postJson } from '../core/post-json.ts'
import { keepSession, keptSession, newSession, type Session } from '../core/session.ts'

/** How this page may come by its session: with the code of a launch, or by going on after a reload. */
export interface Entrance {
  readonly code: string | undefined
  /** Where the session is kept; several frames of one page share the storage. */
  readonly key: string
}

interface Place {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>
  readonly history: Pick<History, 'state' | 'replaceState'>
}

/** Reads the launch code and takes it out of the address, so that it is in no history and no screenshot. */
export function readEntrance({ location, history }: Place): Entrance {
  const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? undefined
  const kept: unknown = history.state?.edpsychSession
  if (code === undefined && typeof kept === 'string') return { code, key: kept }
  const key = `edpsych-session:${crypto.randomUUID()}`
  history.replaceState({ edpsychSession: key }, '', location.pathname + location.search)
  return { code, key }
}

/** Exchanges the code, or takes up what was kept; undefined where there is neither. */
export async function openSession(
  { code, key }: Entrance,
  send: typeof fetch,
): Promise<Session | undefined> {
  if (code === undefined) return keptSession(key, Date.now())
  // `SessionGrant` is what this address of our own server answers.
  const grant = (await postJson('/lti/session', { code }, send)) as SessionGrant
  const session = newSession(grant)
  keepSession(key, session)
  return session
}
