/** What the parts of the server need to know of the installation; read from the environment in `backend/config.ts`. */
export interface Settings {
  /** Origin as browsers and LMSs see it, without a trailing slash. */
  readonly publicUrl: string
  readonly allowPrivateNetworks: boolean
  /** Addresses on private networks that outgoing requests may reach although others may not: the simulated LMS. */
  readonly trustedUrlPrefixes: readonly string[]
  readonly version: string
}
