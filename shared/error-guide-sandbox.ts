import type { ErrorGuidance } from './error-guidance.ts'

/** The codes of sandboxes. */
export const sandboxErrorGuide = {
  sandbox_sign_up_closed: {
    meaning: 'On this server only staff, and keys with the right `sandbox.write`, make sandboxes.',
    whatToDo:
      'Sign in first, or ask an administrator for a sandbox. Whoever runs the server can open sign-up with `EDPSYCH_SANDBOX_SIGNUP=open`.',
  },
  sandbox_limit_reached: {
    meaning: 'There are as many sandboxes from your address, or on this server, as it takes.',
    whatToDo:
      'Delete one that you no longer need with `DELETE /api/v1/sandboxes/{id}`, or reset one instead of making another. A sandbox that nobody uses for 30 days goes by itself.',
  },
  sandbox_not_ready: {
    meaning: 'The sandbox is being reset at this moment.',
    whatToDo: 'Wait some seconds and send the request again.',
  },
  sandbox_clock_behind: {
    meaning: 'The clock of a sandbox only goes forward, and it is further ahead than that already.',
    whatToDo:
      'Read where it stands with `GET /api/v1/sandboxes/{id}/clock`. A reset of the sandbox sets it back to real time.',
  },
} satisfies Record<`sandbox_${string}`, ErrorGuidance>
