import { platformContext } from '../core/platform-tenant.ts'
import { resetPassword } from '../modules/auth/index.ts'
import type { Group } from './command.ts'

export const admin: Group = {
  'reset-password': {
    summary: 'Give an account a one-time password and sign it out everywhere',
    options: {
      email: { value: '<address>', description: 'E-mail of the account', required: true },
    },
    async run({ now }, given) {
      const account = await resetPassword(platformContext('cli'), given.required('email'), now())
      return {
        result: account,
        text: `${account.email}   ${account.oneTimePassword}\nTo be changed after signing in, within seven days`,
      }
    },
  },
}
