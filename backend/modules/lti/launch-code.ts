import { randomToken } from './digest.ts'
import type { LaunchCode } from './login-store.ts'

const lifeSeconds = 60

/** A code that the page of an accepted launch exchanges for its session, once and soon. */
export function issueCode(now: Date): LaunchCode {
  return { code: randomToken(), expiresAt: new Date(now.getTime() + lifeSeconds * 1000) }
}

/** Behind the hash, where no server log and no Referer ever sees it. */
export function appLocation({ code }: LaunchCode): string {
  return `/lti/app#code=${code}`
}
