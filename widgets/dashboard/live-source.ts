import { followTopic, type LiveTopic } from '../core/live.ts'

export interface LiveFollow {
  readonly signal: AbortSignal
  /** After a gap too long to be made up: what is shown must be read anew. */
  onGap(): void
}

/** Where an element hears of changes; hand in another to follow by other means. */
export type LiveSource = (
  topic: LiveTopic,
  onMessage: (message: unknown) => void,
  follow: LiveFollow,
) => void

export interface LiveCredentials {
  readonly baseUrl?: string | undefined
  readonly token?: string | undefined
  readonly tenantId?: string | undefined
}

/** Follows by the live connection of our server. */
export function serverSource({ baseUrl, token, tenantId }: LiveCredentials): LiveSource {
  return (topic, onMessage, { signal, onGap }) => {
    void followTopic(topic, onMessage, {
      signal,
      onGap,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(token === undefined ? {} : { token }),
      ...(tenantId === undefined ? {} : { tenantId }),
    })
  }
}
