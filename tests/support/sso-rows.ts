import { newId } from '../../backend/core/ids.ts'
import { insertIdentity } from '../../backend/modules/sso/identity-store.ts'
import { insertDomain } from '../../backend/modules/sso/policy-store.ts'
import { insertProvider } from '../../backend/modules/sso/provider-store.ts'

/** A provider by OpenID Connect, a domain and a linked account; nobody can sign in with them. */
export async function addSsoRows(tenantId: string, no: number) {
  const provider = await insertProvider({
    _id: newId('idp'),
    tenantId,
    name: no < 2 ? 'Alike' : `Provider ${no}`,
    protocol: 'oidc',
    preset: 'other',
    enabled: true,
    createsAccounts: false,
    defaultRole: null,
    roleMapping: [],
    emailClaim: null,
    nameClaim: null,
    roleClaim: null,
    saml: null,
    oidc: {
      issuer: 'https://idp.lists.example',
      clientId: 'lists',
      sealedSecret: null,
      hostedDomain: null,
    },
    lastSignInAt: null,
    lastTest: null,
  })
  const domain = await insertDomain(
    { tenantId },
    { domain: `d${no}-${tenantId.slice(-8)}.example`, providerId: null },
  )
  const identity = await insertIdentity(
    { tenantId },
    { personId: newId('usr'), providerId: provider._id, subject: `s${no}`, linkedBy: 'domain' },
  )
  return {
    'identity-providers': provider._id,
    'sso-domains': domain?._id ?? '',
    'sso-identities': identity?._id ?? '',
  }
}
