import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { nonceReused } from './checks/nonce.ts'
import { checkState } from './checks/state.ts'
import { digest } from './digest.ts'
import { issueCode } from './launch-code.ts'
import { confirmLogin, findLogin, type LaunchCode } from './login-store.ts'

const ConfirmBody = z.object({ state: z.string().max(200), secret: z.string().max(200) })

/** Lets a parked launch through once its browser shows the secret that was stored when the login began. */
export async function confirmLaunch(
  deps: { readonly clock: () => Date },
  body: unknown,
): Promise<LaunchCode> {
  const parsed = ConfirmBody.safeParse(body)
  if (!parsed.success) {
    throw new AppError('lti_request_malformed', 'The confirmation needs state and secret')
  }
  const { state, secret } = parsed.data
  const now = deps.clock()
  const code = issueCode(now)
  if (await confirmLogin(state, secret, code, now)) return code
  const login = checkState(await findLogin(state), now)
  if (login.launch === null || login.bindingDigest !== digest(secret)) {
    throw new AppError(
      'lti_state_mismatch',
      'This launch was begun in another browser; open the activity again from the course page',
    )
  }
  throw nonceReused()
}
