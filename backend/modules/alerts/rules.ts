import type { AlertRule, AlertRuleBody, AlertRuleChange } from '../../../shared/api/alerts.ts'
import type { Page } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { newId } from '../../core/ids.ts'
import { showPage, type TimedQuery } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { dropUnsent } from './alert-store.ts'
import type { AlertsDeps } from './deps.ts'
import { deleteGroups } from './group-store.ts'
import { findRoutes } from './route-store.ts'
import {
  changeRule,
  findRule,
  findRulePage,
  insertRule,
  type RuleRow,
  removeRule,
} from './rule-store.ts'
import { auditSetting, changedMeanwhile, given } from './settings-audit.ts'

export function showRule({
  _id,
  tenantId: _tenant,
  revision: _revision,
  ...row
}: RuleRow): AlertRule {
  return {
    ...row,
    id: _id,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export async function listRules(ctx: TenantContext, query: TimedQuery): Promise<Page<AlertRule>> {
  return showPage(await findRulePage(ctx.tenantId, query), showRule)
}

export async function mustFindRule(ctx: TenantContext, id: string): Promise<RuleRow> {
  const row = await findRule(ctx.tenantId, id)
  if (!row) throw new AppError('not_found', `The alert rule ${id} does not exist`)
  return row
}

async function checkRule(ctx: TenantContext, body: Pick<AlertRuleBody, 'routeIds' | 'escalation'>) {
  const wanted = [...new Set([...body.routeIds, ...(body.escalation?.routeIds ?? [])])]
  const found = new Set((await findRoutes(ctx.tenantId, wanted)).map(({ _id }) => _id))
  const missing = wanted.filter((id) => !found.has(id))
  if (missing.length === 0) return
  throw new AppError(
    'alert_option_invalid',
    `There is no way of alerts ${missing.join(', ')}; add it first`,
    {
      errors: missing.map((id) => ({
        pointer: body.routeIds.includes(id) ? '#/routeIds' : '#/escalation/routeIds',
        code: 'alert_option_invalid',
        detail: `${id} does not exist`,
      })),
    },
  )
}

export async function createRule(
  ctx: TenantContext,
  body: AlertRuleBody,
  deps: AlertsDeps,
): Promise<AlertRule> {
  await checkRule(ctx, body)
  const at = deps.now()
  const row: RuleRow = {
    ...body,
    _id: newId('alr', at.getTime()),
    tenantId: ctx.tenantId,
    isDefault: false,
    revision: 1,
    createdAt: at,
    updatedAt: at,
  }
  await insertRule(ctx, row)
  await auditSetting(ctx, 'rule', 'create', row._id, { before: {}, after: body })
  return showRule(row)
}

export async function updateRule(
  ctx: TenantContext,
  id: string,
  change: AlertRuleChange,
  deps: AlertsDeps,
): Promise<AlertRule> {
  const current = await mustFindRule(ctx, id)
  const wanted = given(change)
  await checkRule(ctx, { ...current, ...wanted })
  const row = await changeRule(
    ctx,
    current,
    { ...wanted, updatedAt: deps.now() },
    Object.keys(wanted),
  )
  if (!row) throw changedMeanwhile()
  const before = Object.fromEntries(
    Object.keys(wanted).map((field) => [field, current[field as keyof RuleRow]]),
  )
  await auditSetting(ctx, 'rule', 'update', id, { before, after: wanted })
  return showRule(row)
}

export async function deleteRule(
  ctx: TenantContext,
  id: string,
  deps: AlertsDeps,
): Promise<undefined> {
  const row = await mustFindRule(ctx, id)
  if (row.isDefault) {
    throw new AppError(
      'alert_in_use',
      'This rule came with the organisation; switch it off instead',
    )
  }
  if (!(await removeRule(ctx, row))) throw changedMeanwhile()
  await deleteGroups(ctx.tenantId, id)
  await dropUnsent(ctx.tenantId, { ruleId: id }, 'The rule was deleted', deps.now())
  await auditSetting(ctx, 'rule', 'delete', id)
}
