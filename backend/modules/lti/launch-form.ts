import { AppError } from '../../../shared/errors.ts'

export interface LaunchForm {
  readonly idToken: string
  readonly state: string
  readonly storageTarget: string | null
}

/** What the platform posted when it could not or would not launch (OpenID Connect Core §3.1.2.6). */
export interface PlatformError {
  readonly error: string
  readonly description: string | null
  readonly state: string | null
}

/** Security Framework §5.1.1.3: a form with `id_token` and `state`, each once. */
export function readLaunchForm(body: unknown): LaunchForm {
  const state = field(body, 'state')
  const idToken = field(body, 'id_token')
  if (!state) {
    throw new AppError(
      'lti_state_missing',
      'The launch has no state; an LMS sends it with id_token',
    )
  }
  if (!idToken) throw new AppError('lti_token_missing', 'The launch has no id_token')
  return { idToken, state, storageTarget: field(body, 'lti_storage_target') ?? null }
}

export function readPlatformError(body: unknown): PlatformError | null {
  const error = field(body, 'error')
  if (!error) return null
  return {
    error,
    description: field(body, 'error_description') ?? null,
    state: field(body, 'state') ?? null,
  }
}

function field(body: unknown, name: string): string | undefined {
  if (body === null || typeof body !== 'object' || !Object.hasOwn(body, name)) return undefined
  const value: unknown = body[name as keyof typeof body]
  if (typeof value === 'string') return value
  throw new AppError('lti_request_malformed', `${name} was sent more than once`)
}
