import type { ErrorGuidance } from './error-guidance.ts'

export const problemErrorGuide = {
  problem_state_conflict: {
    meaning: 'The problem is in a state in which this says nothing new, or cannot be done.',
    whatToDo: 'Read the problem again: its `status` and `notes` say what happened meanwhile.',
  },
  alert_option_invalid: {
    meaning: 'A rule, a way or a silence of alerts holds something that cannot work.',
    whatToDo: 'Read `detail`; it names the field and what is possible.',
  },
  alert_in_use: {
    meaning: 'A rule or a way of alerts is still needed, so it was not deleted.',
    whatToDo:
      'Take a way out of the rules that name it first. What came with the organisation can be switched off with `enabled`, not deleted.',
  },
} as const satisfies Record<string, ErrorGuidance>
