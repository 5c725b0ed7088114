import type { Method, Route } from '../../../shared/api/contract.ts'
import type { ErrorCode } from '../../../shared/errors.ts'

const always: readonly ErrorCode[] = [
  'invalid_request',
  'uri_too_long',
  'too_many_requests',
  'internal',
  'service_unavailable',
  'database_unavailable',
]

const ofCredentials: readonly ErrorCode[] = [
  'authorization_repeated',
  'credential_in_address',
  'unauthenticated',
  'authorization_malformed',
  'key_malformed',
  'key_unknown',
  'key_expired',
  'key_revoked',
  'key_rotated',
  'token_invalid',
  'token_expired',
  'token_wrong_issuer',
  'token_wrong_audience',
  'token_wrong_type',
  'token_revoked',
  'dpop_proof_missing',
  'dpop_proof_invalid',
  'dpop_proof_replayed',
  'key_network_not_allowed',
  'insufficient_scope',
  'forbidden',
  // A session may name an organisation that is not among its own.
  'not_found',
]

const ofBodies: readonly ErrorCode[] = [
  'malformed_json',
  'duplicate_key',
  'payload_too_large',
  'unsupported_media_type',
]

const ofRetries: readonly ErrorCode[] = [
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_in_progress',
  'idempotency_outcome_unknown',
]

/** What most operations with a credential share. */
export const usualFailures: ReadonlySet<ErrorCode> = new Set([
  ...always,
  ...ofCredentials,
  'version_unknown',
  'not_found',
])

/** Every code by which a call of this operation can be refused. */
export function failuresOf(method: Method, path: string, route: Route): ReadonlySet<ErrorCode> {
  const isUnsafe = method !== 'GET'
  const isKnown = route.access !== 'public'
  return new Set<ErrorCode>([
    ...always,
    'version_unknown',
    ...(isKnown || route.recognises ? ofCredentials : []),
    ...(isKnown && isUnsafe ? ['csrf_failed' as const, ...ofRetries] : []),
    ...(isUnsafe ? (['storage_full', 'storage_read_only'] as const) : []),
    ...ofInput(route),
    ...(isAction(method, path) ? (['precondition_failed'] as const) : []),
    ...(mayCollide(method, path) ? (['conflict', 'precondition_failed'] as const) : []),
    ...(route.sensitive ? (['fresh_sign_in_required'] as const) : []),
    ...(route.deprecated ? (['operation_sunset', 'brown_out'] as const) : []),
    ...(route.errors ?? []),
  ])
}

function ofInput({ body, upload, query, params }: Route): ErrorCode[] {
  return [
    ...(body ? ofBodies : []),
    ...(upload ? (['payload_too_large', 'unsupported_media_type'] as const) : []),
    ...(query && 'cursor' in query.shape ? (['invalid_cursor'] as const) : []),
    ...(params ? (['not_found'] as const) : []),
  ]
}

function mayCollide(method: Method, path: string): boolean {
  return method === 'PATCH' || method === 'PUT' || (method === 'DELETE' && path.includes('/:'))
}

/** Such as `POST /:id/rotate`: `If-Match` names the object that the action is for. */
function isAction(method: Method, path: string): boolean {
  return method === 'POST' && /\/:\w+\/[\w-]+$/.test(path)
}
