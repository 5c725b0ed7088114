import type { ProviderRow } from './provider-store.ts'

export interface Addresses {
  readonly signIn: string
  /** SAML: how this service is called, which is also where its metadata is. */
  readonly entityId: string
  readonly acs: string
  readonly signOut: string
  readonly redirectUri: string
}

/** Where a provider's sign-ins begin and end (contract: `/saml/:connectionId`, `/oidc/:connectionId`). */
export function addressesOf(
  publicUrl: string,
  { _id, protocol }: Pick<ProviderRow, '_id' | 'protocol'>,
): Addresses {
  const base = `${publicUrl}/${protocol}/${_id}`
  return {
    signIn: `${base}/login`,
    entityId: `${base}/metadata`,
    acs: `${base}/acs`,
    signOut: `${base}/slo`,
    redirectUri: `${base}/callback`,
  }
}
