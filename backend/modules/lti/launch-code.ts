import { makeHandle } from './handle.ts'

const lifeSeconds = 60

export interface LaunchCode {
  readonly code: string
  readonly expiresAt: Date
}

/** A code that the page of an accepted launch exchanges for its session, once and soon. */
export function issueCode(launchId: string, now: Date): LaunchCode {
  const expiresAt = new Date(now.getTime() + lifeSeconds * 1000)
  return { code: makeHandle(launchId), expiresAt }
}

/** Behind the hash, where no server log and no Referer ever sees it. */
export function appLocation({ code }: LaunchCode): string {
  return `/lti/app#code=${code}`
}
