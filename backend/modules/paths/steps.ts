import type { LearningPathBody } from '../../../shared/api/paths.ts'
import { AppError } from '../../../shared/errors.ts'
import type { StepRow } from './path-store.ts'

/**
 * Gives every step an id of its own; one that is named keeps its id, so that progress stays with it.
 * Throws `invalid_request` where two steps have the same id.
 */
export function nameSteps(
  steps: LearningPathBody['steps'],
  before: readonly StepRow[],
): readonly StepRow[] {
  const taken = new Set([...before, ...steps].map(({ id }) => id))
  const used = new Set<string>()
  let no = 0
  return steps.map(({ id, kind, targetId }, index) => {
    if (id !== undefined && used.has(id)) throw twice(index)
    let own = id
    while (own === undefined) {
      no += 1
      if (!taken.has(`step_${no}`)) own = `step_${no}`
    }
    used.add(own)
    return { id: own, kind, targetId }
  })
}

function twice(index: number): AppError {
  const pointer = `#/steps/${index}/id`
  const detail = 'is the id of another step already'
  return new AppError('invalid_request', `${pointer}: ${detail}`, {
    errors: [{ pointer, code: 'invalid_value', detail }],
  })
}
