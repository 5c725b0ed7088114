import { type Client, createClient } from '../../shared/api/client.ts'
import type { SessionGrant } from '../../shared/lti.ts'

/** The right of one frame to act, and a name for it that no server knows. */
export interface Session {
  readonly id: string
  readonly grant: SessionGrant
}

export function newSession(grant: SessionGrant): Session {
  return { id: crypto.randomUUID(), grant }
}

/** Lets a reload of this frame go on with the session; without storage a reload just cannot. */
export function keepSession(key: string, session: Session): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(session))
  } catch {
    // a browser may forbid storage in frames of other sites
  }
}

/** What `keepSession` kept under this key, while it is still valid. */
export function keptSession(key: string, now: number): Session | undefined {
  try {
    const text = sessionStorage.getItem(key)
    if (text === null) return undefined
    // Written by `keepSession` of the same origin.
    const session = JSON.parse(text) as Session
    if (Date.parse(session.grant.expiresAt) > now) return session
    sessionStorage.removeItem(key)
  } catch {
    // a browser may forbid storage in frames of other sites
  }
  return undefined
}

/** The API with the rights of this session; no cookie is needed or sent. */
export function clientOf({ grant }: Session, send: typeof fetch): Client {
  return createClient({
    baseUrl: location.origin,
    fetch: send,
    headers: () => ({ authorization: `Bearer ${grant.token}` }),
  })
}
