import { z } from 'zod'
import { ConnectorError, type VendorAnswer } from '../../connector-kit/index.ts'

const Fault = z.object({
  exception: z.string(),
  errorcode: z.string(),
})

const rights =
  'Check in Moodle that the service holds all functions of the guide, that its account may use it from this address, and that the token has not run out.'

/** Moodle answers errors with status 200. */
export function faultOf({ json }: VendorAnswer): ConnectorError | undefined {
  const parsed = Fault.safeParse(json)
  return parsed.success ? errorOf(parsed.data) : undefined
}

function errorOf({ exception, errorcode }: z.output<typeof Fault>): ConnectorError {
  switch (errorcode) {
    case 'invalidtoken':
      return new ConnectorError(
        'reauthorise',
        'Moodle does not know the token. Make a new one under Server, Web services, Manage tokens, and enter it here.',
      )
    // Outside of debug mode a token that ran out is told apart by nothing.
    case 'accessexception':
      return new ConnectorError('reauthorise', `Moodle does not let the token do this. ${rights}`, {
        code: 'forbidden',
      })
    case 'enablewsdescription':
    case 'servicenotavailable':
      return new ConnectorError(
        'reject',
        'Web services are switched off in Moodle. Switch them and the REST protocol on, as the guide says.',
        { code: 'invalid_settings' },
      )
    case 'sitemaintenance':
    case 'upgraderunning':
      return new ConnectorError(
        'retry',
        'Moodle is under maintenance. Nothing needs to be done here; it is tried again.',
      )
    case 'invalidrecord':
    case 'invalidrecordunknown':
      return new ConnectorError('reject', 'Moodle no longer has what was asked for.', {
        code: 'not_found',
      })
    default:
      return new ConnectorError('reject', `Moodle refused the request (${worded(errorcode)}).`, {
        code: 'refused',
        cause: new Error(worded(exception)),
      })
  }
}

/** A code as Moodle writes them and nothing else: whatever lies there must not bring secrets along. */
const worded = (text: string): string => (/^[\w\\ -]{1,80}$/.test(text) ? text : 'unknown error')
