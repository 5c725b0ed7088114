import { AppError } from '../../../shared/errors.ts'
import type { TokenSealer } from '../../core/secrets/index.ts'
import { bindingKey, readBinding } from './binding.ts'
import type { PlatformError } from './launch-form.ts'
import { openState } from './login-state.ts'
import { platformErrorSentence } from './refusals.ts'

export function platformRefusal({ error }: PlatformError): AppError {
  return new AppError('lti_platform_error', platformErrorSentence(error))
}

/** The platform's own words, but only in the browser that began the login: anybody can post a form with words. */
export function platformSays(
  { publicUrl, states }: { readonly publicUrl: string; readonly states: TokenSealer },
  { description, state }: PlatformError,
  cookie: string | undefined,
): string | null {
  if (description === null || state === null) return null
  const login = openState(states, state)
  if (login === null) return null
  const binding = readBinding(publicUrl, bindingKey(state), cookie, login.bindingDigest)
  return binding === 'proven' ? description.slice(0, 300) : null
}
