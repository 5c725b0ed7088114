import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { TokenSealer } from '../../core/secrets/index.ts'
import { nonceReused } from './checks/nonce.ts'
import { checkState } from './checks/state.ts'
import { digest } from './digest.ts'
import { issueCode, type LaunchCode } from './launch-code.ts'
import { openState } from './login-state.ts'
import { grantCode, wasAccepted } from './session-store.ts'

const ConfirmBody = z.object({ state: z.string(), secret: z.string().max(200) })

/** Lets a parked launch through once its browser shows the secret that was stored when the login began. */
export async function confirmLaunch(
  deps: { readonly clock: () => Date; readonly states: TokenSealer },
  body: unknown,
): Promise<LaunchCode> {
  const parsed = ConfirmBody.safeParse(body)
  if (!parsed.success) {
    throw new AppError('lti_request_malformed', 'The confirmation needs state and secret')
  }
  const { state, secret } = parsed.data
  const now = deps.clock()
  const login = checkState(openState(deps.states, state), now)
  if (login.bindingDigest !== digest(secret)) throw otherBrowser()
  const code = issueCode(login.launchId, now)
  if (await grantCode(login.launchId, code)) return code
  throw (await wasAccepted(login.launchId)) ? nonceReused() : otherBrowser()
}

function otherBrowser(): AppError {
  return new AppError(
    'lti_state_mismatch',
    'This launch was begun in another browser; open the activity again from the course page',
  )
}
