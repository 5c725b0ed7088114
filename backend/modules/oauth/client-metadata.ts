import type { ClientMetadata } from 'oidc-provider'
import type { ClientRow } from './client-store.ts'
import { signingAlgorithm } from './keys/signing-keys.ts'
import { isLoopback } from './redirect-uris.ts'

/** Programs on the own computer may use any port of theirs; where plain http is allowed elsewhere, none may. */
function applicationType({ redirectUris }: ClientRow): 'native' | 'web' {
  const others = redirectUris.filter((uri) => !isLoopback(uri))
  const isNative = others.length < redirectUris.length && others.every((uri) => /^https:/.test(uri))
  return isNative ? 'native' : 'web'
}

/** Our client as the provider knows clients. */
export function metadataOf(client: ClientRow): ClientMetadata {
  const usesCode = client.grantTypes.includes('authorization_code')
  return {
    client_id: client._id,
    client_name: client.name,
    application_type: applicationType(client),
    grant_types: client.grantTypes,
    response_types: usesCode ? ['code'] : [],
    response_modes: ['query'],
    redirect_uris: usesCode ? client.redirectUris : [],
    token_endpoint_auth_method: client.kind === 'public' ? 'none' : 'client_secret_basic',
    // Never compared with anything: see `compareClientSecret` of the provider.
    ...(client.secretDigest && { client_secret: client.secretDigest }),
    id_token_signed_response_alg: signingAlgorithm,
    require_pushed_authorization_requests: client.requirePushedRequests,
    dpop_bound_access_tokens: client.requireDpop,
  }
}
