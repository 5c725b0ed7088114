import type { Page } from '../../../shared/api/contract.ts'
import type { LearningPathProgress, OwnProgress, ProgressList } from '../../../shared/api/paths.ts'
import { AppError } from '../../../shared/errors.ts'
import type { DomainEvent } from '../../../shared/events.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { LaunchFacts, PathsDeps } from './deps.ts'
import { findPath, type PathRow } from './path-store.ts'
import { pathOf } from './paths.ts'
import {
  findProgress,
  findProgressPage,
  type ProgressPlace,
  type ProgressRow,
  saveStep,
} from './progress-store.ts'

/** How far learners are; each page read is in the audit trail. */
export async function listProgress(
  ctx: TenantContext,
  id: string,
  query: ProgressList,
): Promise<Page<LearningPathProgress>> {
  const path = await pathOf(ctx, id)
  const page = await findProgressPage(ctx, id, query)
  await recordAudit(ctx, {
    action: 'path.progress.list',
    target: { type: 'path', id },
    fields: ['score', 'learnerId'],
    purpose: 'assessment',
    result: 'success',
  })
  return showPage(page, (row) => showProgress(row, path))
}

export async function readOwnProgress(
  deps: PathsDeps,
  ctx: TenantContext,
  id: string,
): Promise<OwnProgress> {
  const path = await pathOf(ctx, id)
  const facts = await currentLaunch(deps, ctx)
  return { steps: stepsOf(await findProgress(ctx, placeOf(id, facts)), path) }
}

/** A teacher who looks around leaves no progress behind. */
export async function noteResourceStep(
  deps: PathsDeps,
  ctx: TenantContext,
  id: string,
  stepId: string,
): Promise<OwnProgress> {
  const path = await pathOf(ctx, id)
  const facts = await currentLaunch(deps, ctx)
  const step = path.steps.find((one) => one.id === stepId)
  if (step?.kind !== 'resource') {
    throw new AppError('not_found', `The path has no resource as its step ${stepId}`)
  }
  const place = placeOf(id, facts)
  if (facts.isLearner) {
    const isKnown = (await findProgress(ctx, place))?.steps[stepId] !== undefined
    if (!isKnown) {
      await saveStep(ctx, place, stepId, { doneAt: deps.now(), score: null, maxScore: null })
    }
  }
  return { steps: stepsOf(await findProgress(ctx, place), path) }
}

/** An assessment that was submitted from a path is the step done. */
export async function noteAttempt(
  deps: PathsDeps,
  ctx: TenantContext,
  { data }: DomainEvent<'attempt.submitted'>,
): Promise<void> {
  if (!data.launchSessionId) return
  const facts = await deps.launchOf(ctx, data.launchSessionId)
  if (!facts?.isLearner || facts.target.kind !== 'path' || facts.target.id === null) return
  const path = await findPath(ctx, facts.target.id)
  const steps = path?.steps.filter(
    ({ kind, targetId }) => kind === 'item' && targetId === data.itemId,
  )
  for (const { id } of steps ?? []) {
    await saveStep(ctx, placeOf(facts.target.id, facts), id, {
      doneAt: new Date(data.submittedAt),
      score: data.score,
      maxScore: data.maxScore,
    })
  }
}

async function currentLaunch(deps: PathsDeps, ctx: TenantContext): Promise<LaunchFacts> {
  const facts = ctx.principal.kind === 'launch' ? await deps.launchOf(ctx, ctx.principal.id) : null
  if (!facts) throw new AppError('forbidden', 'Only a launch from an LMS has progress of its own')
  return facts
}

function placeOf(pathId: string, facts: LaunchFacts): ProgressPlace {
  const { learnerId, platformId, deploymentId, contextId } = facts
  return { pathId, learnerId, platformId, deploymentId, contextId }
}

/** In the order of the path; what was done at steps that were taken out does not count. */
function stepsOf(row: ProgressRow | null, path: PathRow): OwnProgress['steps'] {
  return path.steps.flatMap(({ id: stepId }) => {
    const result = row?.steps[stepId]
    if (!result) return []
    const { doneAt, score, maxScore } = result
    return { stepId, doneAt: doneAt.toISOString(), score, maxScore }
  })
}

function showProgress(row: ProgressRow, path: PathRow): LearningPathProgress {
  const steps = stepsOf(row, path)
  return {
    id: row._id,
    pathId: row.pathId,
    learnerId: row.learnerId,
    platformId: row.platformId,
    contextId: row.contextId,
    stepsDone: steps.length,
    steps,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
