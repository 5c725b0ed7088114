import type { ErrorGuidance } from './error-guidance.ts'
import { accessErrorGuide } from './error-guide-access.ts'
import { apiErrorGuide } from './error-guide-api.ts'
import { connectionErrorGuide } from './error-guide-connections.ts'
import { ltiErrorGuide } from './error-guide-lti.ts'
import { problemErrorGuide } from './error-guide-problems.ts'
import { sandboxErrorGuide } from './error-guide-sandbox.ts'
import { ssoErrorGuide } from './error-guide-sso.ts'
import { webhookErrorGuide } from './error-guide-webhooks.ts'
import type { ErrorCode } from './errors.ts'

const vendorSide =
  'Try again later with growing pauses. If it goes on, look at the status of the other system; ours is on the status page.'
const operator =
  'This is for whoever runs the installation: the start-up output and the log name the cause and the remedy.'

/** One entry for every code of `errors`: the texts of `/developers/errors/<code>`. */
export const errorGuide: Record<ErrorCode, ErrorGuidance> = {
  ...accessErrorGuide,
  ...apiErrorGuide,
  ...connectionErrorGuide,
  ...ltiErrorGuide,
  ...problemErrorGuide,
  ...sandboxErrorGuide,
  ...ssoErrorGuide,
  ...webhookErrorGuide,
  invalid_request: {
    meaning:
      'A parameter or a field of the body is missing, unknown or has a value that is not accepted.',
    whatToDo:
      'Read `errors` in the answer: each entry has a JSON Pointer to the field and a sentence. Correct the request; sending it again unchanged cannot succeed.',
  },
  malformed_json: {
    meaning: 'The body could not be read as JSON.',
    whatToDo:
      'Check commas, quotes and brackets, send UTF-8, and let a JSON library write the body rather than joining strings.',
  },
  invalid_cursor: {
    meaning: 'The cursor is not one that this list handed out, or the filters changed since.',
    whatToDo:
      'Begin again without `cursor`. Pass `nextCursor` on exactly as it came, with the same filters.',
  },
  unauthenticated: {
    meaning: 'The request carries no credential, or one that is not accepted.',
    whatToDo:
      'Send `Authorization: Bearer <key>`. If you do, check that the key is complete, not expired and not revoked.',
  },
  invalid_credentials: {
    meaning: 'The name, password or code is wrong. Which of them is not said.',
    whatToDo: 'Check what was typed. After several failures there is a pause; wait for it.',
  },
  insufficient_scope: {
    meaning: 'The credential is good, but it does not hold the right that this operation needs.',
    whatToDo:
      'The right is named in `detail` and on the page of the operation. Use a key that has it; rights of a key are chosen when it is created.',
  },
  forbidden: {
    meaning: 'This credential may not do this, whatever rights it holds.',
    whatToDo: 'Read `detail`; it says who may.',
  },
  csrf_failed: {
    meaning: 'A call with a browser session lacks the token that protects against forged requests.',
    whatToDo:
      'Send the `csrfToken` of the session as the header `x-csrf-token`. Programs use an API key and need none.',
  },
  not_found: {
    meaning:
      'There is nothing with this id or at this address for you. What belongs to another organisation answers the same.',
    whatToDo:
      'Check the id and that the key belongs to the right organisation. Test keys see only their sandbox.',
  },
  method_not_allowed: {
    meaning: 'The address exists, but it does not take this HTTP method.',
    whatToDo: 'Look at the header `Allow`, or at the reference of this operation.',
  },
  not_acceptable: {
    meaning: 'The answer cannot be given in any form that the header `Accept` lists.',
    whatToDo: 'Accept `application/json`, or leave the header out.',
  },
  conflict: {
    meaning:
      'The request contradicts what is there now: often something of that name exists, or the state has moved on.',
    whatToDo: 'Read the object again, decide with what it says now, and send a new request.',
  },
  precondition_failed: {
    meaning:
      'The object changed since you read it, so the version in `If-Match` is not its version any more.',
    whatToDo:
      'Read it again, apply your change to the new version, and send it with the new `ETag`. Nothing was written.',
  },
  payload_too_large: {
    meaning: 'The body is larger than this operation takes.',
    whatToDo: 'Send less at once, for example several smaller requests.',
  },
  unsupported_media_type: {
    meaning: 'The body has a `Content-Type` or encoding that this operation does not read.',
    whatToDo:
      'Send `Content-Type: application/json` in UTF-8, or the type that the reference names for uploads.',
  },
  too_many_requests: {
    meaning: 'More requests came than the limit allows.',
    whatToDo:
      'Wait for the seconds in `Retry-After`, then go on more slowly. `RateLimit` in every answer says how much is left.',
  },
  internal: {
    meaning: 'Something failed on our side. It is recorded under the request id.',
    whatToDo:
      'Try again after a pause; send the same `Idempotency-Key` with writes, so that nothing happens twice. If it goes on, give us the request id.',
  },
  secret_unreadable: {
    meaning: 'A stored secret cannot be opened with the master key of this installation.',
    whatToDo: operator,
  },
  invalid_configuration: {
    meaning: 'A setting of this installation is not valid.',
    whatToDo: operator,
  },
  upstream_unavailable: {
    meaning: 'Another system that this operation needs could not be reached.',
    whatToDo: vendorSide,
  },
  upstream_invalid_response: {
    meaning: 'Another system answered something that could not be understood.',
    whatToDo: vendorSide,
  },
  upstream_response_too_large: {
    meaning: 'The answer of another system was larger than we read.',
    whatToDo:
      'Ask for less from that system if you can; otherwise tell us which one it is, with the request id.',
  },
  upstream_timeout: {
    meaning: 'Another system did not answer in time.',
    whatToDo: vendorSide,
  },
  url_not_allowed: {
    meaning:
      'The address is not one that this installation may call: not https, a private network, or another port.',
    whatToDo:
      'Give a public `https:` address on port 443. On your own machine, start the server with `EDPSYCH_ALLOW_PRIVATE_NETWORKS=1`.',
  },
  service_unavailable: {
    meaning: 'The service cannot answer right now.',
    whatToDo: 'Try again after the seconds in `Retry-After`, or after a minute.',
  },
  hook_not_genuine: {
    meaning:
      'A message to the address of a connection did not prove that the other system sent it.',
    whatToDo:
      'Give the other system the secret that the connection has, or the connection the address of its keys, and see that both clocks are right.',
  },
  service_token_refused: {
    meaning: 'The LMS did not give us the access token with which grades are sent.',
    whatToDo:
      'Check in the LMS that the tool may use the grade service and that its keyset address for our keys is right.',
  },
  item_refused: {
    meaning: 'The file is not an assessment item that can be imported.',
    whatToDo: 'Read `detail`; correct the file, or export it again as QTI 3.',
  },
  package_refused: {
    meaning: 'The package cannot be opened or read as a whole.',
    whatToDo: 'Read `detail`; send a zip file with `imsmanifest.xml` at its root.',
  },
  database_unavailable: {
    meaning: 'The database is out of reach.',
    whatToDo: `Try again in a minute. ${operator}`,
  },
  database_in_use: {
    meaning: 'The data folder is used by another process.',
    whatToDo: operator,
  },
  engine_untrusted: {
    meaning: 'The files of the embedded database engine are not the ones that were published.',
    whatToDo: operator,
  },
  storage_full: {
    meaning: 'There is no room left to write. Nothing was changed.',
    whatToDo: `Try again later. ${operator}`,
  },
  storage_read_only: {
    meaning: 'The storage does not accept writes at the moment.',
    whatToDo: `Try again later. ${operator}`,
  },
  migration_failed: {
    meaning: 'The database could not be brought to the version of this program.',
    whatToDo: operator,
  },
  invalid_archive: {
    meaning: 'The file is not a complete export of this program.',
    whatToDo:
      'Export again and compare the sizes; a file cut short while copying is the usual cause.',
  },
}
