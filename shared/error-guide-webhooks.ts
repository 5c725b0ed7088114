import type { ErrorGuidance } from './error-guidance.ts'

export const webhookErrorGuide = {
  event_type_unknown: {
    meaning: 'An event type was named that is not in the catalogue.',
    whatToDo:
      'Take exact names from `GET /api/v1/event-types`, or `*` for every type. The answer lists names that are close to yours.',
  },
  webhook_option_invalid: {
    meaning: 'An option of the webhook endpoint cannot be used as it stands.',
    whatToDo:
      'Read `errors` in the answer: each entry names the option and what is accepted, for example which keys can encrypt or which fields can be filtered.',
  },
  webhook_disabled: {
    meaning: 'The endpoint is disabled, so nothing is sent to it.',
    whatToDo:
      'Repair the receiver, enable the endpoint with `PATCH {"enabled": true}`, then repeat this call. What it missed can be replayed.',
  },
} as const satisfies Record<string, ErrorGuidance>
