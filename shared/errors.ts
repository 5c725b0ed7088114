/** Every stable error code and the HTTP status it is answered with; a new situation is a new row. */
export const errors = {
  invalid_request: 400,
  malformed_json: 400,
  invalid_cursor: 400,
  unauthenticated: 401,
  invalid_credentials: 401,
  insufficient_scope: 403,
  forbidden: 403,
  csrf_failed: 403,
  fresh_sign_in_required: 403,
  sso_required: 403,
  sso_account_not_allowed: 403,
  sso_link_needed: 403,
  sso_answer_refused: 403,
  sso_answer_used: 403,
  sso_not_begun_here: 403,
  sso_metadata_invalid: 422,
  sso_domain_not_proven: 409,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  conflict: 409,
  setting_locked: 409,
  role_in_use: 409,
  offboarding_under_way: 409,
  onboarding_not_possible: 409,
  onboarding_step_required: 409,
  onboarding_facts_changed: 409,
  onboarding_incomplete: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  too_many_requests: 429,
  internal: 500,
  secret_unreadable: 500,
  invalid_configuration: 500,
  upstream_unavailable: 502,
  upstream_invalid_response: 502,
  upstream_response_too_large: 502,
  upstream_timeout: 504,
  url_not_allowed: 422,
  service_unavailable: 503,
  hook_not_genuine: 401,

  service_token_refused: 502,

  item_refused: 422,
  package_refused: 422,

  lti_request_malformed: 400,
  lti_not_found: 404,
  lti_method_not_allowed: 405,
  lti_service_not_offered: 409,
  lti_service_refused: 502,
  lti_service_gone: 410,
  lti_registration_link_unknown: 404,
  lti_registration_incomplete: 400,
  lti_registration_platform_invalid: 422,
  lti_registration_refused: 422,
  lti_unavailable: 503,
  lti_login_incomplete: 400,
  lti_platform_unknown: 400,
  lti_client_id_ambiguous: 400,
  lti_deployment_ambiguous: 400,
  lti_target_link_uri_invalid: 400,
  lti_platform_error: 400,
  lti_state_missing: 400,
  lti_state_unknown: 401,
  lti_state_expired: 401,
  lti_state_mismatch: 401,
  lti_token_missing: 400,
  lti_token_malformed: 400,
  lti_algorithm_not_allowed: 401,
  lti_kid_missing: 401,
  lti_kid_unknown: 401,
  lti_keyset_unavailable: 401,
  lti_signature_invalid: 401,
  lti_issuer_mismatch: 401,
  lti_audience_mismatch: 401,
  lti_authorized_party_mismatch: 401,
  lti_token_times_invalid: 401,
  lti_token_expired: 401,
  lti_token_not_yet_valid: 401,
  lti_token_too_old: 401,
  lti_claim_invalid: 400,
  lti_version_unsupported: 400,
  lti_message_type_missing: 400,
  lti_message_type_unknown: 400,
  lti_deployment_missing: 400,
  lti_deployment_unknown: 403,
  lti_deployment_mismatch: 403,
  lti_target_link_uri_missing: 400,
  lti_target_link_uri_mismatch: 403,
  lti_resource_link_missing: 400,
  lti_roles_missing: 400,
  lti_subject_missing: 400,
  lti_for_user_missing: 400,
  lti_deep_linking_settings_invalid: 400,
  lti_role_not_allowed: 403,
  lti_nonce_missing: 400,
  lti_nonce_mismatch: 401,
  lti_nonce_reused: 401,
  lti_code_unknown: 401,
  lti_code_used: 401,
  lti_deployment_taken: 409,
  lti_deployment_owner_unclear: 409,
  lti_choice_not_accepted: 400,
  lti_not_deep_linking: 409,
  lti_not_at_front_door: 409,

  sandbox_sign_up_closed: 403,
  sandbox_limit_reached: 403,
  sandbox_not_ready: 409,
  sandbox_clock_behind: 422,

  authorization_malformed: 401,
  authorization_repeated: 400,
  credential_in_address: 400,
  key_malformed: 401,
  key_unknown: 401,
  key_expired: 401,
  key_revoked: 401,
  key_rotated: 401,
  key_network_not_allowed: 403,
  key_mode_mismatch: 422,
  token_invalid: 401,
  token_expired: 401,
  token_wrong_issuer: 401,
  token_wrong_audience: 401,
  token_wrong_type: 401,
  token_revoked: 401,
  dpop_proof_missing: 401,
  dpop_proof_invalid: 401,
  dpop_proof_replayed: 401,
  redirect_uri_refused: 422,

  connector_unknown: 404,
  connection_settings_invalid: 422,
  connection_test_failed: 422,
  connection_state_conflict: 409,
  connection_not_in_use: 409,
  connection_not_oauth: 409,
  connection_authorisation_failed: 400,
  synthetic_test_unknown: 422,
  sync_unsupported: 422,
  sync_running: 409,
  sync_state_conflict: 409,

  problem_state_conflict: 409,
  alert_option_invalid: 422,
  alert_in_use: 409,

  event_type_unknown: 422,
  webhook_option_invalid: 422,
  webhook_disabled: 409,

  uri_too_long: 414,
  duplicate_key: 400,
  idempotency_key_invalid: 400,
  idempotency_key_reused: 422,
  idempotency_in_progress: 409,
  idempotency_outcome_unknown: 409,
  last_administrator: 409,

  version_unknown: 400,
  operation_sunset: 410,
  brown_out: 503,

  database_unavailable: 503,
  database_in_use: 503,
  engine_untrusted: 503,
  storage_full: 507,
  storage_read_only: 503,
  migration_failed: 500,
  invalid_archive: 422,
} as const

export type ErrorCode = keyof typeof errors

export interface FieldError {
  /** JSON Pointer in fragment form, for example `#/deploymentIds/0`. */
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

export interface AppErrorOptions extends ErrorOptions {
  readonly errors?: readonly FieldError[]
  readonly retryAfterSeconds?: number
}

/** A refusal that its reader can act on: the code is stable, the message says what to do. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly errors: readonly FieldError[]
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.errors = options.errors ?? []
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get status(): number {
    return errors[this.code]
  }
}
