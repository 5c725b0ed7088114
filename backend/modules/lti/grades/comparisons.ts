import { z } from 'zod'
import type { Page } from '../../../../shared/api/contract.ts'
import type { GradeComparison, GradeComparisonList } from '../../../../shared/api/grades.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { defineJob, type JobDefinition, JobGiveUp, type Queue } from '../../../core/jobs/index.ts'
import { showPage } from '../../../core/lists/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { scope } from '../claim-names.ts'
import { courseAndPlatform } from '../courses/courses.ts'
import { findReplacement } from '../line-items/line-item-store.ts'
import { type DeliveryRow, findCurrent } from '../scores/delivery-store.ts'
import { readResults } from '../services/results.ts'
import type { ServiceDeps } from '../services/service-call.ts'
import { compareColumn } from './compare.ts'
import {
  type ComparisonRow,
  changeComparison,
  findComparison,
  findComparisonPage,
  insertComparison,
} from './comparison-store.ts'
import { type GradeDeps, reopen } from './grades.ts'

const CompareInput = z.object({ comparisonId: z.string() })
export type CompareJob = JobDefinition<typeof CompareInput>

export interface CompareDeps extends ServiceDeps, Pick<GradeDeps, 'scores' | 'clock'> {}

const mostDifferences = 1_000
const batch = 1_000

export function defineCompareJob(deps: CompareDeps): CompareJob {
  return defineJob({
    name: 'lti.grades.compare',
    input: CompareInput,
    leaseMs: 60_000,
    async run(ctx, { comparisonId }, { signal }) {
      const row = await findComparison(ctx, comparisonId)
      if (row === null || row.status !== 'waiting') return
      try {
        await changeComparison(ctx, comparisonId, {
          ...(await compareCourse(deps, ctx, row, signal)),
          status: 'done',
        })
      } catch (error) {
        if (signal.aborted || !(error instanceof AppError)) throw error
        if (error.code === 'upstream_unavailable' || error.code === 'upstream_timeout') throw error
        await changeComparison(ctx, comparisonId, { status: 'failed', detail: error.message })
        throw new JobGiveUp(error.message)
      }
    },
  })
}

/** Every column that has a grade of ours, one after the other. */
async function compareCourse(
  deps: CompareDeps,
  ctx: TenantContext,
  { courseId, repair }: ComparisonRow,
  signal: AbortSignal,
): Promise<Partial<ComparisonRow>> {
  const { platform } = await courseAndPlatform(ctx, courseId)
  const columns = await gradesByColumn(ctx, courseId)
  const sum = { columns: columns.size, compared: 0, equal: 0, waiting: 0, repaired: 0 }
  const counts = { missing: 0, different: 0, unexpected: 0 }
  const differences: GradeComparison['differences'] = []
  for (const [url, grades] of columns) {
    signal.throwIfAborted()
    const results = await readColumn(deps, platform, url, signal)
    const found = compareColumn(grades, results, platform._id)
    sum.compared += grades.length
    sum.equal += found.equal
    sum.waiting += found.waiting
    for (const difference of found.differences) {
      counts[difference.kind] += 1
      if (differences.length < mostDifferences) differences.push(difference)
      if (!repair || difference.gradeId === null) continue
      if ((await reopen(deps, ctx, difference.gradeId)) !== null) sum.repaired += 1
    }
  }
  return { ...sum, ...counts, differences }
}

/** A column that was deleted holds no grade: what was sent to it is missing. */
async function readColumn(
  deps: CompareDeps,
  platform: Parameters<typeof readResults>[1],
  url: string,
  signal: AbortSignal,
) {
  try {
    return (await readResults(deps, platform, url, { signal })).results
  } catch (error) {
    if (error instanceof AppError && error.code === 'lti_service_gone') return []
    throw error
  }
}

async function gradesByColumn(
  ctx: TenantContext,
  courseId: string,
): Promise<Map<string, DeliveryRow[]>> {
  const columns = new Map<string, DeliveryRow[]>()
  const standsFor = new Map<string, string>()
  for (let after = ''; ; ) {
    const rows = await findCurrent(ctx, { courseId }, { after, most: batch })
    for (const row of rows) {
      if (row.lineItem === null) continue
      const known = standsFor.get(row.lineItem)
      const url = known ?? (await findReplacement(ctx, courseId, row.lineItem))?.url ?? row.lineItem
      standsFor.set(row.lineItem, url)
      const grades = columns.get(url)
      if (grades) grades.push(row)
      else columns.set(url, [row])
    }
    const last = rows.at(-1)
    if (!last || rows.length < batch) return columns
    after = last._id
  }
}

export async function startComparison(
  deps: { readonly queue: Pick<Queue, 'enqueue'>; readonly job: CompareJob; clock(): Date },
  ctx: TenantContext,
  body: { readonly courseId: string; readonly repair: boolean },
): Promise<GradeComparison> {
  const { course } = await courseAndPlatform(ctx, body.courseId)
  if (!course.gradeScopes.includes(scope.result)) {
    throw new AppError(
      'lti_service_not_offered',
      'The LMS does not let this tool read grades back; switch it on in the tool settings and open an activity of the course again',
    )
  }
  const row = await insertComparison(ctx, body, deps.clock())
  await deps.queue.enqueue(
    ctx,
    deps.job,
    { comparisonId: row._id },
    { key: row._id, exclusiveKey: `lti.grades.compare.${body.courseId}` },
  )
  await recordAudit(ctx, {
    action: 'grade.compare',
    target: { type: 'lti.course', id: body.courseId },
    fields: body.repair ? ['repair'] : [],
    purpose: 'assessment',
    result: 'success',
  })
  return showComparison(row)
}

export async function listComparisons(
  ctx: TenantContext,
  query: GradeComparisonList,
): Promise<Page<GradeComparison>> {
  return showPage(await findComparisonPage(ctx, query), showComparison)
}

export async function readComparison(ctx: TenantContext, id: string): Promise<GradeComparison> {
  const row = await findComparison(ctx, id)
  if (row === null) throw new AppError('not_found', `The comparison ${id} does not exist`)
  return showComparison(row)
}

function showComparison(row: ComparisonRow): GradeComparison {
  return {
    id: row._id,
    courseId: row.courseId,
    status: row.status,
    repair: row.repair,
    columns: row.columns,
    compared: row.compared,
    equal: row.equal,
    missing: row.missing,
    different: row.different,
    unexpected: row.unexpected,
    waiting: row.waiting,
    repaired: row.repaired,
    differences: row.differences,
    detail: row.detail,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
