import type { ErrorGuidance } from './error-guidance.ts'

/** What the codes of bodies, repetitions and accounts mean and what to do. */
export const apiErrorGuide = {
  uri_too_long: {
    meaning: 'The address with its parameters is longer than 8,000 characters.',
    whatToDo: 'Ask for less at once, or send long lists in the body of a bulk operation.',
  },
  duplicate_key: {
    meaning:
      'An object in the body holds the same member twice. Readers of JSON disagree on which counts, so neither does.',
    whatToDo: 'Send each member once; let a JSON library write the body.',
  },
  offboarding_under_way: {
    meaning: 'The organisation is leaving already, or its deletion has gone too far to be stopped.',
    whatToDo: 'Look at `GET /api/v1/offboardings` for its state and the day of the deletion.',
  },
  onboarding_not_possible: {
    meaning: 'Only trusts, local authorities and schools are set up step by step.',
    whatToDo: 'Name one of these. A sandbox comes ready to use.',
  },
  onboarding_step_required: {
    meaning: 'The step is one that no organisation can do without.',
    whatToDo: 'Do what `missing` of the step says; `link` is the page for it.',
  },
  onboarding_facts_changed: {
    meaning:
      'What was to be confirmed is not what it was when you read it, or nothing is to be confirmed.',
    whatToDo:
      'Read `GET /api/v1/tenants/{id}/onboarding` again, look at `facts` and send the `confirmation` that stands there now.',
  },
  onboarding_incomplete: {
    meaning: 'Steps of the setting up are still to do.',
    whatToDo: 'Do the steps whose `state` is `todo`, or leave out those that are not required.',
  },
  fresh_sign_in_required: {
    meaning: 'What you asked for is sensitive, and your sign-in was a while ago.',
    whatToDo:
      'Give your password again (`POST /api/v1/session/confirmation`) and repeat the request. How long a sign-in counts as fresh is a setting of the organisation.',
  },
  role_in_use: {
    meaning: 'Somebody still has the role that is to be deleted.',
    whatToDo: 'Take the role from everybody who has it (`GET /api/v1/people`), then delete it.',
  },
  setting_locked: {
    meaning: 'An organisation above yours has fixed this setting for everybody below it.',
    whatToDo:
      'Ask the organisation that the message names to change or unlock it. `GET /api/v1/settings` says for each setting whether you can change it.',
  },
  idempotency_key_invalid: {
    meaning: 'The value of `Idempotency-Key` is empty, too long or holds other characters.',
    whatToDo:
      'Send one key of 1 to 255 visible ASCII characters, bare or in double quotes; a UUID does well.',
  },
  idempotency_key_reused: {
    meaning: 'This `Idempotency-Key` was used within the last 24 hours for another request.',
    whatToDo:
      'Make a new key for each operation you want to happen; repeat a key only with exactly the same request.',
  },
  idempotency_in_progress: {
    meaning: 'The first request with this `Idempotency-Key` is still being worked on.',
    whatToDo: 'Wait for the seconds of `Retry-After` and send the same request again.',
  },
  idempotency_outcome_unknown: {
    meaning:
      'The first request with this `Idempotency-Key` was interrupted. It may have taken effect, wholly or not at all.',
    whatToDo:
      'Read the object or the list to see what became of it. If it did not happen, send the request with a new key.',
  },
  last_administrator: {
    meaning: 'After this change nobody could administer the organisation any more.',
    whatToDo: 'Give the role to somebody else first, then repeat the change.',
  },
  version_unknown: {
    meaning: '`EdPsych-Version` names no version of this API.',
    whatToDo:
      'Send one of the dates that the answer and `GET /api/v1/versions` list, or leave the header out.',
  },
  operation_sunset: {
    meaning: 'This operation was deprecated at least a year ago and has ended.',
    whatToDo:
      'Call its successor, which the answer and the header `Link` name. It will not come back.',
  },
  brown_out: {
    meaning:
      'This deprecated operation is refused for a short, announced time, so that callers are noticed before it ends.',
    whatToDo:
      'Call its successor instead. If you cannot yet, wait for the seconds of `Retry-After`; the operation ends for good at `Sunset`.',
  },
} satisfies Record<string, ErrorGuidance>
