import type { ErrorCode } from '../../../shared/errors.ts'

export type LtiCode = Extract<ErrorCode, `lti_${string}`>

interface Refusal {
  /** What a teacher reads first. */
  readonly happened: string
  /** What the teacher can do, or tell the administrator. */
  readonly advice: string
}

const again = 'Go back to the course page and open the activity again. If it happens again, '
const compare =
  'Ask the administrator to compare the registration of this tool in the LMS with the one here, letter by letter.'
const lmsFault = `${again}tell the administrator that the LMS sent an incomplete or outdated launch message.`
const clocks = `${again}ask the administrator to check the clock of the LMS server.`

/** Every refusal under /lti in words for teachers; the sentence of the error itself is for the administrator. */
export const refusals = {
  lti_request_malformed: { happened: 'The request could not be read.', advice: lmsFault },
  lti_not_found: {
    happened: 'There is nothing at this address.',
    advice: 'Open the activity from the course page of your LMS.',
  },
  lti_method_not_allowed: {
    happened: 'This page can only be opened from a course page.',
    advice:
      'Open the activity from the course page of your LMS; reloading this page does not help.',
  },
  lti_service_not_offered: {
    happened: 'Your LMS does not offer this to the tool.',
    advice: 'Ask the administrator to switch the service on in the tool settings of the LMS.',
  },
  lti_service_refused: {
    happened: 'Your LMS refused what it was asked for.',
    advice: 'Ask the administrator to check the rights of this tool in the LMS.',
  },
  lti_service_gone: {
    happened: 'Your LMS no longer has what was asked for.',
    advice: `${again}add the activity to the course again.`,
  },
  lti_registration_link_unknown: {
    happened: 'This registration link cannot be used (any more).',
    advice: 'Make a new link in the administration under “LMSs” and enter it in your LMS.',
  },
  lti_registration_incomplete: {
    happened: 'This link is meant for your LMS.',
    advice:
      'Copy the link and enter it in your LMS where it asks for a tool or registration URL; it then opens this page itself.',
  },
  lti_registration_platform_invalid: {
    happened: 'The registration could not begin, because of what your LMS says about itself.',
    advice:
      'Correct what is written below in your LMS and open the same link from there again, or register by hand.',
  },
  lti_registration_refused: {
    happened: 'Your LMS did not accept the registration.',
    advice: 'Correct what is written below in your LMS and open the same link from there again.',
  },
  lti_unavailable: {
    happened: 'The launch could not be checked just now.',
    advice:
      'Try again in a minute. If it happens again, give the reference below to the administrator.',
  },
  lti_login_incomplete: {
    happened: 'Your LMS started the activity with details missing.',
    advice: lmsFault,
  },
  lti_platform_unknown: {
    happened: 'Your LMS is not connected with this service.',
    advice: `Ask the administrator to register your LMS here. If it is registered, its issuer and client ID must be the same, letter by letter.`,
  },
  lti_client_id_ambiguous: {
    happened: 'Your LMS did not say which of its connections it uses.',
    advice: 'Ask the administrator to make the LMS send its client id when it starts the tool.',
  },
  lti_deployment_ambiguous: {
    happened: 'Your LMS did not say which of its connections it uses.',
    advice: 'Ask the administrator to make the LMS send its deployment id when it starts the tool.',
  },
  lti_target_link_uri_invalid: {
    happened: 'The link in your course leads somewhere else.',
    advice: 'Ask the administrator to correct the address of this tool in the LMS.',
  },
  lti_platform_error: {
    happened: 'Your LMS could not open the activity.',
    advice: again.concat('give the reference below to the administrator.'),
  },
  lti_state_missing: { happened: 'The launch came without its beginning.', advice: lmsFault },
  lti_state_unknown: {
    happened: 'This launch was not begun here, or too long ago.',
    advice: again.concat('give the reference below to the administrator.'),
  },
  lti_state_expired: {
    happened: 'Opening the activity took longer than ten minutes.',
    advice: again.concat('give the reference below to the administrator.'),
  },
  lti_state_mismatch: {
    happened: 'This launch was begun in another browser or window.',
    advice: again.concat('allow this site to keep data in the browser.'),
  },
  lti_token_missing: { happened: 'Your LMS sent no launch message.', advice: lmsFault },
  lti_token_malformed: { happened: 'The launch message could not be read.', advice: lmsFault },
  lti_algorithm_not_allowed: {
    happened: 'The launch message is not signed in a way that can be trusted.',
    advice: compare,
  },
  lti_kid_missing: {
    happened: 'The launch message does not say how it was signed.',
    advice: lmsFault,
  },
  lti_kid_unknown: {
    happened: 'The signature of your LMS is not known.',
    advice: `${again}ask the administrator to check the keyset address of the registration.`,
  },
  lti_keyset_unavailable: {
    happened: 'The signature of your LMS could not be checked, because the LMS did not answer.',
    advice:
      'Try again in a minute. If it happens again, give the reference below to the administrator.',
  },
  lti_signature_invalid: {
    happened: 'The signature of the launch message is wrong.',
    advice: compare,
  },
  lti_issuer_mismatch: {
    happened: 'The launch message comes from another LMS than the one that began it.',
    advice: compare,
  },
  lti_audience_mismatch: {
    happened: 'The launch message is meant for another tool.',
    advice: compare,
  },
  lti_authorized_party_mismatch: {
    happened: 'The launch message is meant for another tool.',
    advice: compare,
  },
  lti_token_times_invalid: { happened: 'The launch message has no valid dates.', advice: clocks },
  lti_token_expired: { happened: 'The launch message has expired.', advice: clocks },
  lti_token_not_yet_valid: {
    happened: 'The launch message is dated in the future.',
    advice: clocks,
  },
  lti_token_too_old: { happened: 'The launch message is too old.', advice: clocks },
  lti_claim_invalid: { happened: 'The launch message is not well formed.', advice: lmsFault },
  lti_version_unsupported: {
    happened: 'Your LMS uses another version of LTI.',
    advice: 'Ask the administrator to register this tool as LTI 1.3 (LTI Advantage).',
  },
  lti_message_type_missing: {
    happened: 'The launch message does not say what it is for.',
    advice: lmsFault,
  },
  lti_message_type_unknown: {
    happened: 'Your LMS asked for something this service does not offer.',
    advice: 'Ask the administrator to remove this placement of the tool from the LMS.',
  },
  lti_deployment_missing: {
    happened: 'The launch message does not say where the tool is installed.',
    advice: lmsFault,
  },
  lti_deployment_unknown: {
    happened: 'This installation of the tool in your LMS is not linked yet.',
    advice:
      'Tell the administrator of EdPsych Connect: the installation is approved under “LMSs” in the administration. Then open the activity again.',
  },
  lti_deployment_mismatch: {
    happened:
      'The launch message comes from another installation of the tool than the one that began it.',
    advice: lmsFault,
  },
  lti_target_link_uri_missing: {
    happened: 'The launch message does not say what to open.',
    advice: lmsFault,
  },
  lti_target_link_uri_mismatch: {
    happened: 'The launch message opens something else than was asked for.',
    advice: lmsFault,
  },
  lti_resource_link_missing: {
    happened: 'The launch message does not say which link was opened.',
    advice: lmsFault,
  },
  lti_roles_missing: {
    happened: 'The launch message does not say whether you teach or learn.',
    advice: lmsFault,
  },
  lti_subject_missing: {
    happened: 'The launch message does not say who you are.',
    advice:
      'Ask the administrator to share the user id with this tool, or to allow anonymous launches in its registration here.',
  },
  lti_for_user_missing: {
    happened: 'The launch message does not say whose work to show.',
    advice: lmsFault,
  },
  lti_deep_linking_settings_invalid: {
    happened: 'Your LMS asked for content without saying where to send it.',
    advice: lmsFault,
  },
  lti_role_not_allowed: {
    happened: 'Only teachers and content developers can choose content for a course.',
    advice: 'If you teach this course, ask the administrator to check your role in it.',
  },
  lti_nonce_missing: {
    happened: 'The launch message cannot be told apart from a copy.',
    advice: lmsFault,
  },
  lti_nonce_mismatch: {
    happened: 'The launch message belongs to another launch.',
    advice: again.concat('give the reference below to the administrator.'),
  },
  lti_nonce_reused: {
    happened: 'This launch was used before.',
    advice: again.concat('give the reference below to the administrator.'),
  },
  lti_code_unknown: {
    happened: 'This launch has ended.',
    advice: again.concat('give the reference below to the administrator.'),
  },
  lti_code_used: {
    happened: 'This launch was opened before.',
    advice: again.concat('give the reference below to the administrator.'),
  },
  lti_deployment_owner_unclear: {
    happened: 'It is not clear which connection this belongs to.',
    advice: 'Ask the administrator to choose the registration.',
  },
  lti_deployment_taken: {
    happened: 'This deployment is registered already.',
    advice: 'Remove it from the other registration first, or check the ids.',
  },
  lti_choice_not_accepted: {
    happened: 'Your LMS does not accept this choice.',
    advice: 'Choose one item, or ask the administrator which content the LMS accepts.',
  },
  lti_not_deep_linking: {
    happened: 'This launch did not ask for content.',
    advice: 'Open "add content" in your LMS again.',
  },
  lti_not_at_front_door: {
    happened: 'What this link opens was chosen already.',
    advice: 'Add the tool to the course once more to choose something else.',
  },
} as const satisfies Record<LtiCode, Refusal>

const platformErrors: Readonly<Record<string, string>> = {
  login_required:
    'The LMS says that nobody is signed in there; sign in to the LMS and open the activity again',
  interaction_required:
    'The LMS wants to ask something first; open the LMS in its own window, then the activity again',
  consent_required:
    'The LMS wants consent first; open the LMS in its own window, then the activity again',
  access_denied: 'The LMS does not allow this person to open the activity',
  unauthorized_client: 'The LMS does not know the client id, or the tool is switched off there',
  invalid_request:
    'The LMS did not accept the request; check the redirect URI that is registered there',
  invalid_scope: 'The LMS did not accept the request; check how the tool is registered there',
  unsupported_response_type:
    'The LMS did not accept the request; register the tool there as LTI 1.3',
  temporarily_unavailable: 'The LMS is busy; try again in a minute',
  server_error: 'The LMS had an error of its own; try again, then tell its administrator',
}

/** What an error of the platform means (OpenID Connect Core §3.1.2.6); text of its own is never repeated as ours. */
export function platformErrorSentence(error: string): string {
  if (Object.hasOwn(platformErrors, error)) return platformErrors[error] ?? ''
  const name = /^[A-Za-z0-9_.-]{1,60}$/.test(error) ? error : 'unknown error'
  return `The LMS reports: ${name}`
}
