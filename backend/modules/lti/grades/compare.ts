import type { GradeComparison } from '../../../../shared/api/grades.ts'
import type { DeliveryRow } from '../scores/delivery-store.ts'
import type { GradebookResult } from '../services/results.ts'

type Difference = GradeComparison['differences'][number]

export interface Comparison {
  readonly equal: number
  readonly waiting: number
  readonly differences: readonly Difference[]
}

/** LMSs keep grades with few digits, and scale them to the column. */
const tolerance = 0.005

/** Holds the grades of a column here against what the LMS shows in it (LTI-AGS 2.0 §3.3). */
export function compareColumn(
  grades: readonly DeliveryRow[],
  results: readonly GradebookResult[],
  platformId: string,
): Comparison {
  const there = new Map(results.map((result) => [result.userId, result]))
  const differences: Difference[] = []
  let equal = 0
  let waiting = 0
  for (const grade of grades) {
    const result = there.get(grade.subject)
    there.delete(grade.subject)
    if (grade.status !== 'sent') {
      waiting += 1
      continue
    }
    const here = shareOf(grade.score, grade.maxScore)
    const share = result && shareOf(result.score, result.maximum)
    if (share !== null && share !== undefined && Math.abs(share - (here ?? 0)) <= tolerance) {
      equal += 1
      continue
    }
    differences.push({
      kind: share === null || share === undefined ? 'missing' : 'different',
      learnerId: `${platformId}/${grade.subject}`,
      itemId: grade.itemId,
      gradeId: grade._id,
      here,
      there: share ?? null,
    })
  }
  for (const result of there.values()) {
    // A row without a score is a person without a grade, which is as it should be.
    if (result.score === null) continue
    differences.push({
      kind: 'unexpected',
      learnerId: `${platformId}/${result.userId}`,
      itemId: null,
      gradeId: null,
      here: null,
      there: shareOf(result.score, result.maximum),
    })
  }
  return { equal, waiting, differences }
}

function shareOf(score: number | null, maximum: number): number | null {
  return score === null || maximum <= 0 ? null : Math.max(0, score) / maximum
}
