/** A running database and how to end it. */
export interface ServedDatabase {
  readonly uri: string
  /** Process that keeps the data, for its memory to be measured. */
  readonly pid: number
  close(): Promise<void>
  /** Rejects when the database ends by itself, where that is not the end of this process. */
  readonly ended?: Promise<never>
}

/** This kind of engine cannot run on this machine; another kind may. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError'
}

export function socketUri(socketFile: string): string {
  return `mongodb://${encodeURIComponent(socketFile)}/?directConnection=true`
}

/** What the engine's process tells its parent. */
export type HostMessage =
  | { readonly type: 'ready'; readonly uri: string; readonly enginePid: number }
  | {
      readonly type: 'failed'
      /** `unavailable` lets another kind be tried; `untrusted` and `open` end the attempt. */
      readonly reason: 'unavailable' | 'untrusted' | 'open'
      readonly detail: string
    }
