import { AppError } from '../../../../shared/errors.ts'
import type { KnownLogin } from '../login-state.ts'

/** OpenID Connect Core §3.1.2.7: the message answers a login that this tool began and that is not stale. */
export function checkState(login: KnownLogin | null, now: Date): KnownLogin {
  if (login === null) {
    throw new AppError(
      'lti_state_unknown',
      'The state of this launch was not given out here; open the activity again from the course page',
    )
  }
  if (login.expiresAt <= now) {
    throw new AppError(
      'lti_state_expired',
      'This launch took longer than ten minutes; open the activity again from the course page',
    )
  }
  return login
}
