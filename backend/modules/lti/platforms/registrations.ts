import { findRegistrations, type PlatformRow } from './platform-store.ts'

/** How long another process's change may take to be seen here. */
const knownForMs = 1000

export interface Registrations {
  /** Every registration of an issuer (and client), of any tenant: a login does not know the tenant yet. */
  find(issuer: string, clientId: string | undefined): Promise<readonly PlatformRow[]>
  /** To be called after each change that this process makes. */
  forget(): void
}

interface Known {
  readonly rows: Promise<readonly PlatformRow[]>
  readonly until: number
}

/** Registrations for the way of logins and launches, which all read the same few: kept for a second. */
export function createRegistrations(monotonicMs = () => performance.now()): Registrations {
  const known = new Map<string, Known>()

  function read(name: string, issuer: string, clientId: string | undefined): Known['rows'] {
    const entry: Known = {
      rows: findRegistrations(issuer, clientId),
      until: monotonicMs() + knownForMs,
    }
    known.set(name, entry)
    const drop = () => {
      if (known.get(name) === entry) known.delete(name)
    }
    // Strangers may ask for what is not registered: only what is takes up memory.
    entry.rows.then((rows) => {
      if (rows.length === 0) drop()
    }, drop)
    return entry.rows
  }

  return {
    find(issuer, clientId) {
      const name = JSON.stringify([issuer, clientId])
      const entry = known.get(name)
      return entry && entry.until > monotonicMs() ? entry.rows : read(name, issuer, clientId)
    },
    forget: () => known.clear(),
  }
}
