import type { Page } from '../../../shared/api/contract.ts'
import type {
  LearningPath,
  LearningPathBody,
  LearningPathChange,
  LearningPathList,
} from '../../../shared/api/paths.ts'
import { AppError } from '../../../shared/errors.ts'
import { launchUrl } from '../../../shared/lti.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { assertIfMatch } from '../../core/etag.ts'
import { showPage } from '../../core/lists/index.ts'
import { assertOpens, type TenantContext } from '../../core/tenancy.ts'
import type { PathsDeps, StepTarget } from './deps.ts'
import {
  findPath,
  findPathPage,
  insertPath,
  type PathFields,
  type PathRow,
  removePath,
  replacePath,
  type StepRow,
} from './path-store.ts'
import { nameSteps } from './steps.ts'

/** The targets of steps that exist, by kind and id. */
type Targets = Readonly<Record<StepRow['kind'], ReadonlyMap<string, StepTarget>>>

async function targetsOf(
  deps: PathsDeps,
  ctx: TenantContext,
  steps: readonly Pick<StepRow, 'kind' | 'targetId'>[],
): Promise<Targets> {
  const idsOf = (wanted: StepRow['kind']) => [
    ...new Set(steps.filter(({ kind }) => kind === wanted).map(({ targetId }) => targetId)),
  ]
  const [item, resource] = await Promise.all([
    deps.targetsOf(ctx, 'item', idsOf('item')),
    deps.targetsOf(ctx, 'resource', idsOf('resource')),
  ])
  return { item, resource }
}

function showPath(publicUrl: string, row: PathRow, targets: Targets): LearningPath {
  return {
    id: row._id,
    name: row.name,
    description: row.description,
    steps: row.steps.map(({ id, kind, targetId }) => {
      const target = targets[kind].get(targetId)
      return {
        id,
        kind,
        targetId,
        title: target?.title ?? null,
        maxScore: target?.maxScore ?? null,
      }
    }),
    launchUrl: launchUrl(publicUrl, 'path', row._id),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

async function showOne(deps: PathsDeps, ctx: TenantContext, row: PathRow): Promise<LearningPath> {
  return showPath(deps.settings.publicUrl, row, await targetsOf(deps, ctx, row.steps))
}

/** The path, unless it was deleted, is of another tenant or not what this launch was made for. */
export async function pathOf(ctx: TenantContext, id: string): Promise<PathRow> {
  assertOpens(ctx, id)
  const row = await findPath(ctx, id)
  if (!row) throw new AppError('not_found', `The learning path ${id} does not exist`)
  return row
}

export async function listPaths(
  deps: PathsDeps,
  ctx: TenantContext,
  query: LearningPathList,
): Promise<Page<LearningPath>> {
  const page = await findPathPage(ctx, query)
  const targets = await targetsOf(
    deps,
    ctx,
    page.rows.flatMap(({ steps }) => steps),
  )
  return showPage(page, (row) => showPath(deps.settings.publicUrl, row, targets))
}

export async function readPath(
  deps: PathsDeps,
  ctx: TenantContext,
  id: string,
): Promise<LearningPath> {
  return showOne(deps, ctx, await pathOf(ctx, id))
}

export async function addPath(
  deps: PathsDeps,
  ctx: TenantContext,
  { name, description, steps }: LearningPathBody,
): Promise<LearningPath> {
  await checkTargets(deps, ctx, steps)
  const row = await insertPath(ctx, { name, description, steps: nameSteps(steps, []) })
  await noteAct(ctx, 'create', row._id, ['name', 'description', 'steps'])
  return showOne(deps, ctx, row)
}

const tries = 5

/** Changes the fields that are given. Without `If-Match` the last writer of a field wins, field by field. */
export async function changePath(
  deps: PathsDeps,
  ctx: TenantContext,
  id: string,
  change: LearningPathChange,
  ifMatch: string | undefined,
): Promise<LearningPath> {
  for (let left = tries; left > 0; left--) {
    const current = await pathOf(ctx, id)
    assertIfMatch(ifMatch, await showOne(deps, ctx, current))
    const known = new Set(current.steps.map(keyOf))
    const fresh = (change.steps ?? []).filter((step) => !known.has(keyOf(step)))
    await checkTargets(deps, ctx, fresh)
    const fields: PathFields = {
      name: change.name ?? current.name,
      description: change.description ?? current.description,
      steps: change.steps ? nameSteps(change.steps, current.steps) : current.steps,
    }
    const changed = await replacePath(ctx, current, fields, Object.keys(change))
    if (!changed) continue
    await noteAct(ctx, 'update', id, Object.keys(change))
    return showOne(deps, ctx, changed)
  }
  throw busy()
}

export async function deletePath(
  deps: PathsDeps,
  ctx: TenantContext,
  id: string,
  ifMatch: string | undefined,
): Promise<undefined> {
  for (let left = tries; left > 0; left--) {
    const current = await pathOf(ctx, id)
    assertIfMatch(ifMatch, await showOne(deps, ctx, current))
    if (!(await removePath(ctx, current))) continue
    await noteAct(ctx, 'delete', id, [])
    return
  }
  throw busy()
}

function keyOf({ kind, targetId }: Pick<StepRow, 'kind' | 'targetId'>): string {
  return `${kind} ${targetId}`
}

async function checkTargets(
  deps: PathsDeps,
  ctx: TenantContext,
  steps: readonly Pick<StepRow, 'kind' | 'targetId'>[],
): Promise<void> {
  const targets = await targetsOf(deps, ctx, steps)
  for (const { kind, targetId } of steps) {
    if (!targets[kind].has(targetId)) {
      throw new AppError('not_found', `${targetId} does not exist, so it cannot be a step`)
    }
  }
}

async function noteAct(
  ctx: TenantContext,
  act: 'create' | 'update' | 'delete',
  id: string,
  fields: string[],
): Promise<void> {
  await recordAudit(ctx, {
    action: `path.${act}`,
    target: { type: 'path', id },
    fields,
    result: 'success',
  })
}

function busy(): AppError {
  return new AppError('conflict', 'Others change it at this moment; try again')
}
