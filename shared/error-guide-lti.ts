import type { ErrorGuidance } from './error-guidance.ts'
import type { ErrorCode } from './errors.ts'

const compare =
  'Compare the registration of the tool in the LMS with the one here, letter by letter: issuer, client id, deployment id and the three addresses.'
const restart =
  'Open the activity again from the course page. Reloading or going back cannot work: each launch is good once.'
const clock =
  'Check the clock of the LMS server against a time server, then open the activity again from the course page.'
const incomplete =
  'Update the LMS, or report to its maker that the message lacks a part which LTI 1.3 requires. The sentence in `detail` names the part.'

/** The codes of LTI launches: refusals under `/lti` and of the routes that act inside a launch. */
export const ltiErrorGuide = {
  lti_request_malformed: {
    meaning: 'The form or query that reached the LTI endpoint could not be read.',
    whatToDo:
      'Send the parameters of the LTI 1.3 security framework, each once, as a query (GET) or as a form (POST).',
  },
  lti_not_found: {
    meaning: 'Nothing is at this address below `/lti`.',
    whatToDo:
      'Use the addresses that `GET /api/v1/lti/configuration` lists; open activities from the course page of the LMS.',
  },
  lti_method_not_allowed: {
    meaning: 'The LTI endpoint does not take this HTTP method.',
    whatToDo:
      'Post to `/lti/launch`; use GET or POST at `/lti/login`. A reader sees this after reloading a launch: open the activity again from the course page.',
  },
  lti_service_not_offered: {
    meaning:
      'The LMS did not offer this service to the tool when somebody last opened an activity of the course.',
    whatToDo:
      'Switch the service on in the tool settings of the LMS, open an activity of the course once, and repeat the call.',
  },
  lti_service_refused: {
    meaning: 'The LMS refused what one of its services was asked for; `detail` says how.',
    whatToDo:
      'Check the rights of the tool in the LMS; the test under LMSs in the administration says which are missing.',
  },
  lti_service_gone: {
    meaning: 'The LMS no longer has the column, course or group that was asked about.',
    whatToDo: 'Refresh the line items of the course; open the activity from its course again.',
  },
  lti_registration_link_unknown: {
    meaning: 'The registration link is unknown, was used already or is older than 24 hours.',
    whatToDo:
      'Make a new one with `POST /api/v1/lti/registration-links`, or under LMSs in the administration.',
  },
  lti_registration_incomplete: {
    meaning: 'The registration page was opened without the address of the configuration of an LMS.',
    whatToDo:
      'Enter the registration link in the LMS (dynamic registration) instead of opening it yourself.',
  },
  lti_registration_platform_invalid: {
    meaning: 'The configuration that the LMS offers cannot be read, or is not its own.',
    whatToDo:
      'Read the sentence of the refusal, correct the LMS, and use the same link again; or register by hand.',
  },
  lti_registration_refused: {
    meaning: 'The LMS did not accept the registration.',
    whatToDo:
      'The refusal holds the words of the LMS; correct it there and use the same link again.',
  },
  lti_unavailable: {
    meaning: 'The launch could not be checked because a part of this service was out of reach.',
    whatToDo:
      'Open the activity again in a minute. If it goes on, look at the status page and give us the request id.',
  },
  lti_login_incomplete: {
    meaning:
      'The login initiation lacks `iss`, `login_hint` or `target_link_uri`, or one of them is not usable.',
    whatToDo: incomplete,
  },
  lti_platform_unknown: {
    meaning: 'No LMS is registered with this issuer and client id.',
    whatToDo: compare,
  },
  lti_client_id_ambiguous: {
    meaning: 'Several registrations have this issuer, and the login did not name the client id.',
    whatToDo:
      'Make the LMS send `client_id` in its login initiation, or remove the registration that is not used any more.',
  },
  lti_deployment_ambiguous: {
    meaning:
      'Several organisations share this issuer and client id, and the login did not name the deployment.',
    whatToDo: 'Make the LMS send `lti_deployment_id` in its login initiation.',
  },
  lti_target_link_uri_invalid: {
    meaning: 'The `target_link_uri` is not an address of this service.',
    whatToDo:
      'Correct the tool URL in the LMS; the right one is `toolUrl` of `GET /api/v1/lti/configuration`.',
  },
  lti_platform_error: {
    meaning: 'The LMS answered the authentication request with an error of its own.',
    whatToDo:
      'Read what the LMS said in `detail`, and look into its log. Often the redirect URI in the LMS is not exactly ours.',
  },
  lti_state_missing: {
    meaning: 'The launch came without a `state`.',
    whatToDo:
      'Begin each launch at `/lti/login` and send back the `state` of the authentication request unchanged.',
  },
  lti_state_unknown: {
    meaning: 'The `state` was not issued here, or it was used already.',
    whatToDo: restart,
  },
  lti_state_expired: {
    meaning: 'More than ten minutes passed between the login and the launch.',
    whatToDo: restart,
  },
  lti_state_mismatch: {
    meaning: 'The launch ended in another browser than the one it began in.',
    whatToDo: `${restart} If it happens again, allow this site to keep data in the browser.`,
  },
  lti_token_missing: {
    meaning: 'The launch came without an `id_token`.',
    whatToDo: incomplete,
  },
  lti_token_malformed: {
    meaning: 'The `id_token` is not a signed JWT in compact form.',
    whatToDo: incomplete,
  },
  lti_algorithm_not_allowed: {
    meaning: 'The `id_token` is signed with an algorithm that is not accepted.',
    whatToDo: 'Let the LMS sign with RS256. Unsigned and symmetrically signed tokens are refused.',
  },
  lti_kid_missing: {
    meaning: 'The `id_token` does not name the key that signed it (`kid`).',
    whatToDo: incomplete,
  },
  lti_kid_unknown: {
    meaning: 'The key named by the `id_token` is not in the keyset of the LMS.',
    whatToDo:
      'Check the keyset address of the registration, and that the LMS publishes the key it signs with.',
  },
  lti_keyset_unavailable: {
    meaning: 'The keyset of the LMS could not be fetched or read.',
    whatToDo:
      'Check that the keyset address answers JSON from the internet without a sign-in, then launch again.',
  },
  lti_signature_invalid: {
    meaning: 'The signature of the `id_token` does not match its content.',
    whatToDo: compare,
  },
  lti_issuer_mismatch: {
    meaning: 'The `iss` of the `id_token` is not the issuer that began the launch.',
    whatToDo: compare,
  },
  lti_audience_mismatch: {
    meaning: 'The `aud` of the `id_token` does not hold our client id.',
    whatToDo: compare,
  },
  lti_authorized_party_mismatch: {
    meaning:
      'The `azp` of the `id_token` is not our client id, or is missing among several audiences.',
    whatToDo: compare,
  },
  lti_token_times_invalid: {
    meaning: 'The `iat` or `exp` of the `id_token` is missing or not a number.',
    whatToDo: incomplete,
  },
  lti_token_expired: { meaning: 'The `id_token` has expired.', whatToDo: clock },
  lti_token_not_yet_valid: {
    meaning: 'The `id_token` is dated in the future.',
    whatToDo: clock,
  },
  lti_token_too_old: { meaning: 'The `id_token` was issued too long ago.', whatToDo: clock },
  lti_claim_invalid: {
    meaning: 'A claim of the launch message has the wrong shape.',
    whatToDo: incomplete,
  },
  lti_version_unsupported: {
    meaning: 'The launch message is not of LTI 1.3.',
    whatToDo: 'Register the tool as LTI 1.3 (LTI Advantage); LTI 1.1 is not offered.',
  },
  lti_message_type_missing: {
    meaning: 'The launch message does not say what it is for.',
    whatToDo: incomplete,
  },
  lti_message_type_unknown: {
    meaning: 'The LMS asked for a kind of launch that is not offered.',
    whatToDo:
      'Remove this placement of the tool from the LMS; use resource links and deep linking.',
  },
  lti_deployment_missing: {
    meaning: 'The launch message names no deployment.',
    whatToDo: incomplete,
  },
  lti_deployment_unknown: {
    meaning: 'This deployment of the tool in the LMS is not registered here.',
    whatToDo:
      'Add the deployment id named in `detail` to the registration with `PATCH /api/v1/lti/platforms/{id}`.',
  },
  lti_deployment_mismatch: {
    meaning: 'The launch message names another deployment than its login did.',
    whatToDo: incomplete,
  },
  lti_target_link_uri_missing: {
    meaning: 'The launch message does not say what to open.',
    whatToDo: incomplete,
  },
  lti_target_link_uri_mismatch: {
    meaning: 'The launch message opens something else than its login announced.',
    whatToDo: restart,
  },
  lti_resource_link_missing: {
    meaning: 'The launch message names no resource link.',
    whatToDo: incomplete,
  },
  lti_roles_missing: {
    meaning: 'The launch message has no list of roles.',
    whatToDo: incomplete,
  },
  lti_subject_missing: {
    meaning: 'The launch message says not who launches, and anonymous launches are not allowed.',
    whatToDo:
      'Let the LMS send `sub`, or allow anonymous launches in the registration (`allowAnonymous`).',
  },
  lti_for_user_missing: {
    meaning: 'A submission review does not name the learner whose work is reviewed.',
    whatToDo: incomplete,
  },
  lti_deep_linking_settings_invalid: {
    meaning: 'The deep-linking settings of the message are missing or not usable.',
    whatToDo: incomplete,
  },
  lti_role_not_allowed: {
    meaning: 'The role of this person may not do this; content is chosen by teachers.',
    whatToDo: 'Launch as a teacher or content developer of the course.',
  },
  lti_nonce_missing: { meaning: 'The `id_token` has no `nonce`.', whatToDo: incomplete },
  lti_nonce_mismatch: {
    meaning: 'The `nonce` of the `id_token` is not the one that was issued with this state.',
    whatToDo: restart,
  },
  lti_nonce_reused: {
    meaning: 'This launch message was used already. A copy of it opens nothing.',
    whatToDo: restart,
  },
  lti_code_unknown: {
    meaning: 'The one-time launch code is not known or older than a minute.',
    whatToDo: restart,
  },
  lti_code_used: {
    meaning: 'The one-time launch code was exchanged already.',
    whatToDo: restart,
  },
  lti_deployment_owner_unclear: {
    meaning: 'Several registrations could be meant by this deployment.',
    whatToDo: 'Name the registration it belongs to as `platformId`.',
  },
  lti_deployment_taken: {
    meaning: 'This issuer, client id and deployment id belong to a registration already.',
    whatToDo:
      'Change the existing registration if it is yours. Otherwise create a deployment of its own for your organisation in the LMS.',
  },
  lti_choice_not_accepted: {
    meaning: 'The LMS does not accept this number or kind of choices here.',
    whatToDo: 'Choose what the sentence in `detail` says, often exactly one.',
  },
  lti_not_deep_linking: {
    meaning: 'This launch did not ask for content to be chosen.',
    whatToDo: 'Call it only in a launch whose `messageType` is `LtiDeepLinkingRequest`.',
  },
  lti_not_at_front_door: {
    meaning: 'This resource link has its own address already, so nothing is to be chosen for it.',
    whatToDo: 'Choose only in launches whose target link is the tool URL itself.',
  },
} satisfies Record<Extract<ErrorCode, `lti_${string}`>, ErrorGuidance>
