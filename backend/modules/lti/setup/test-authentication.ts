import type { PlatformTestStep } from '../../../../shared/api/lti-setup.ts'
import type { OutgoingResponse } from '../../../core/outgoing/index.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { type AuthenticationAnswer, readAnswer } from './read-answer.ts'
import { failed, passed, unclear } from './test-step.ts'

const openOnce = 'Open the tool once from a course of the LMS: that is the proof.'

/** What the answer to an authentication request with `prompt=none` proves (Security Framework §5.1.1.2). */
export function judgeAuthentication(
  answer: OutgoingResponse,
  platform: Pick<PlatformRow, 'product'>,
  redirectUri: string,
): { readonly step: PlatformTestStep; readonly answer: AuthenticationAnswer } {
  const read = readAnswer(answer, redirectUri)
  return { step: stepOf(read, platform, redirectUri), answer: read }
}

function stepOf(
  answer: AuthenticationAnswer,
  { product }: Pick<PlatformRow, 'product'>,
  redirectUri: string,
): PlatformTestStep {
  if (answer.kind === 'message') {
    return passed('authentication', 'The LMS knows this tool and answered with a launch.')
  }
  if (answer.kind === 'error') return stepOfError(answer)
  if (answer.kind === 'elsewhere') {
    return unclear(
      'authentication',
      'The LMS is there, and wants somebody to sign in before it says whether it knows this tool.',
      openOnce,
    )
  }
  const { status, text } = answer
  if (status >= 500) {
    return failed(
      'authentication',
      `The authentication request URL answers with status ${status}.`,
      'Try again in a few minutes; if it stays so, ask the provider of the LMS.',
    )
  }
  // Both of these answer a request without a person's browser with a page of their own.
  if (product === 'moodle' || product === 'canvas' || status === 200) {
    return unclear(
      'authentication',
      'The LMS is there, and tells only the browser of somebody who is signed in whether it knows this tool.',
      openOnce,
    )
  }
  if (/redirect.?ur[il]/i.test(text)) {
    return failed(
      'authentication',
      'The LMS does not know the address that launches are sent to.',
      `Enter ${redirectUri} as redirect URI in the LMS, exactly as written here.`,
    )
  }
  if (/client/i.test(text)) return unknownClient()
  return failed(
    'authentication',
    `The authentication request URL answers with status ${status}.`,
    'Copy the authentication request URL of the LMS again and save it here.',
  )
}

function stepOfError({ error, description }: { error: string; description: string }) {
  if (error === 'unauthorized_client' || error === 'invalid_client') return unknownClient()
  const said = description === '' ? error : `${error}, “${description}”`
  return passed(
    'authentication',
    `The LMS knows this tool and its redirect address. It launches only for people who are signed in (${said}).`,
  )
}

function unknownClient(): PlatformTestStep {
  return failed(
    'authentication',
    'The LMS does not know the client ID.',
    'Copy the client ID of this tool from the LMS again and save it here; in Canvas and Moodle the tool must also be switched on.',
  )
}
