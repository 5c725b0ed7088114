import type { gradesApi } from '../../../../shared/api/grades.ts'
import type { Handlers } from '../../../core/module.ts'
import { listComparisons, readComparison, startComparison } from './comparisons.ts'
import { type GradeDeps, listGrades, readGrade, resendGrade, resendGrades } from './grades.ts'

export function gradeHandlers(
  grades: GradeDeps,
  comparisons: Parameters<typeof startComparison>[0],
) {
  return {
    'GET /api/v1/grades': (ctx, { query }) => listGrades(ctx, query),
    'GET /api/v1/grades/:id': (ctx, { params }) => readGrade(ctx, params.id),
    'POST /api/v1/grades/:id/resend': (ctx, { params }) => resendGrade(grades, ctx, params.id),
    'POST /api/v1/grades/resync': (ctx, { body }) => resendGrades(grades, ctx, body),
    'GET /api/v1/grade-comparisons': (ctx, { query }) => listComparisons(ctx, query),
    'POST /api/v1/grade-comparisons': (ctx, { body }) => startComparison(comparisons, ctx, body),
    'GET /api/v1/grade-comparisons/:id': (ctx, { params }) => readComparison(ctx, params.id),
  } satisfies Handlers<typeof gradesApi>
}
