import type { PlatformTestStep } from '../../../../shared/api/lti-setup.ts'
import { AppError } from '../../../../shared/errors.ts'

export type Step = PlatformTestStep['step']

export function passed(step: Step, summary: string, whatToDo: string | null = null) {
  return { step, status: 'ok', summary, whatToDo } satisfies PlatformTestStep
}

export function failed(step: Step, summary: string, whatToDo: string) {
  return { step, status: 'failed', summary, whatToDo } satisfies PlatformTestStep
}

export function unclear(step: Step, summary: string, whatToDo: string) {
  return { step, status: 'unclear', summary, whatToDo } satisfies PlatformTestStep
}

/** What went wrong on the way to the LMS; what is no refusal of ours is a fault of this program. */
export function failedToReach(step: Step, error: unknown, whatToDo: string): PlatformTestStep {
  if (!(error instanceof AppError)) throw error
  return failed(step, `${error.message.replace(/\.$/, '')}.`, whatToDo)
}
