import type { ErrorGuidance } from './error-guidance.ts'

export const connectionErrorGuide = {
  connector_unknown: {
    meaning: 'No connector of this id comes with this installation.',
    whatToDo: 'Take the id from `GET /api/v1/connectors`.',
  },
  connection_settings_invalid: {
    meaning: 'The settings or credentials are not what the connector needs.',
    whatToDo:
      'Read `errors` in the answer: each entry names the field. The forms are in `GET /api/v1/connectors/:id`.',
  },
  connection_test_failed: {
    meaning: 'The connection was tested and did not work, so it was not put to use.',
    whatToDo:
      'Read `detail`: it says which step failed and what to do. `POST /api/v1/connections/:id/test` shows every step. Correct it and try again.',
  },
  connection_state_conflict: {
    meaning: 'The connection is in a state from which this cannot be done.',
    whatToDo:
      'Read the connection again. Its `state` and `stateReason` say what happened; `detail` says what is possible from there.',
  },
  connection_not_in_use: {
    meaning:
      'The connection is a draft, paused, disabled or waits for a person, so it is not used.',
    whatToDo: 'Look at its `state` and `stateReason`, then activate or resume it.',
  },
  synthetic_test_unknown: {
    meaning: 'The connector has no synthetic test of this name, or none at all.',
    whatToDo:
      'Take the names from `syntheticTests` in `GET /api/v1/connectors/:id`, or leave `names` out to run all there are.',
  },
  sync_unsupported: {
    meaning: 'The connector cannot fetch people and classes, or not by this capability.',
    whatToDo:
      'Look at `capabilities` of the connection; `roster.pull` and `courses.pull` can be synchronised.',
  },
  sync_running: {
    meaning: 'A synchronisation of this connection is waiting or running already.',
    whatToDo: 'Read `GET /api/v1/connections/:id/syncs`; wait for its end or cancel it.',
  },
  sync_state_conflict: {
    meaning: 'The synchronisation is in a state in which this cannot be done.',
    whatToDo: 'Read it again: `status` says where it stands, `detail` what is possible from there.',
  },
  connection_not_oauth: {
    meaning: 'This connector does not sign in by the consent of a person.',
    whatToDo: 'Set its credentials with `PUT /api/v1/connections/:id/credentials` instead.',
  },
  connection_authorisation_failed: {
    meaning:
      'The other system did not give its consent, or the answer does not belong to what was begun.',
    whatToDo:
      'Begin again from the page of the connection, in the same browser, and finish within ten minutes.',
  },
} as const satisfies Record<string, ErrorGuidance>
