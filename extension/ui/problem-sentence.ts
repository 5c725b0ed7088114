import { msg } from '@lit/localize'
import type { ProblemCode } from '../messages.ts'

const sentences: Readonly<Record<ProblemCode, () => string>> = {
  not_paired: () =>
    msg('This browser is not paired with EdPsych Connect yet.', { id: 'extension-not-paired' }),
  pairing_ended: () =>
    msg('The pairing has ended. Pair this browser again with a new code.', {
      id: 'extension-pairing-ended',
    }),
  code_refused: () =>
    msg(
      'This code is wrong, already used or older than ten minutes. Make a new one in EdPsych Connect and type it here.',
      { id: 'extension-code-refused' },
    ),
  too_many_requests: () =>
    msg('Too many attempts. Wait a minute and try again.', { id: 'extension-too-many' }),
  not_allowed: () =>
    msg('Your account may not see the resource library. Ask your administrator for access.', {
      id: 'extension-not-allowed',
    }),
  permission_missing: () =>
    msg(
      'The browser does not let the extension reach this server. Pair again and choose “Allow” when the browser asks.',
      { id: 'extension-permission-missing' },
    ),
  unreachable: () =>
    msg(
      'No server answered at this address. Check the address and your connection, then try again.',
      { id: 'extension-unreachable' },
    ),
  not_edpsych: () =>
    msg(
      'Something answered at this address, but it is not EdPsych Connect. Check the address with your administrator.',
      { id: 'extension-not-edpsych' },
    ),
  server_error: () =>
    msg('The server could not do this just now. Try again in a moment.', {
      id: 'extension-server-error',
    }),
  extension_error: () =>
    msg('The extension was updated. Close this page and open it again.', {
      id: 'extension-restart',
    }),
}

/** What happened and what to do about it, for the person at the screen. */
export function problemSentence(code: ProblemCode): string {
  return sentences[code]()
}
