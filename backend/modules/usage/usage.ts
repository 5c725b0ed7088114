import type { TenantSummary } from '../../../shared/api/access.ts'
import type { Usage, UsageQuery } from '../../../shared/api/usage.ts'
import { AppError } from '../../../shared/errors.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { listTrees, tenantAndDescendants } from '../tenants/index.ts'
import { sumDays } from './day-store.ts'
import type { Metering } from './metering.ts'
import { tenantFor } from './tenant-for.ts'

const mostRows = 10_000
const dayMs = 24 * 3600 * 1000

/** Counts of calls, up to the last second of this process and of every other. */
export async function readUsage(
  ctx: TenantContext,
  query: UsageQuery,
  { metering, now }: { readonly metering: Metering; readonly now: Date },
): Promise<Usage> {
  const { groupBy, splitBy } = query
  const to = query.to ?? now.toISOString().slice(0, 10)
  const from = query.from ?? new Date(Date.parse(to) - 29 * dayMs).toISOString().slice(0, 10)
  if (from > to) {
    throw new AppError('invalid_request', '#/query/from: must not be after to', {
      errors: [{ pointer: '#/query/from', code: 'invalid_value', detail: 'must not be after to' }],
    })
  }
  const tenant = await tenantFor(ctx, query.tenantId)
  const tenantIds = query.below === 'true' ? await tenantAndDescendants(tenant.id) : [tenant.id]
  await metering.flush()
  await metering.addBatches()
  const filter = { ...query, tenantIds, from, to, statuses: statusesOf(query.status) }
  const rows = await sumDays(filter, groupBy, splitBy, mostRows + 1)
  const data = rows.slice(0, mostRows)
  const byTenant = groupBy === 'tenant' || splitBy === 'tenant'
  return {
    from,
    to,
    groupBy,
    splitBy: splitBy ?? null,
    total: data.reduce((sum, { count }) => sum + count, 0),
    data,
    ...(byTenant ? { names: await namesOf(tenant, query.below === 'true') } : {}),
    truncated: rows.length > mostRows,
  }
}

async function namesOf(
  tenant: Pick<TenantSummary, 'id' | 'name'>,
  below: boolean,
): Promise<Record<string, string>> {
  const tenants = below ? await listTrees([tenant.id]) : [tenant]
  return Object.fromEntries(tenants.map(({ id, name }) => [id, name]))
}

/** The first and last status that `404` or `4xx` stands for. */
export function statusesOf(status: string | undefined): readonly [number, number] | undefined {
  if (status === undefined) return undefined
  if (!status.endsWith('xx')) return [Number(status), Number(status)]
  const hundred = Number(status.charAt(0)) * 100
  return [hundred, hundred + 99]
}

/** RFC 4180; a cell that a spreadsheet would compute is made text. */
export function usageCsv({ groupBy, splitBy, data, names }: Usage): string {
  const head = [groupBy, ...(splitBy ? [splitBy] : []), 'count', ...(names ? ['name'] : [])]
  const rows = data.map(({ group, split, count }) => [
    group,
    ...(splitBy ? [split ?? ''] : []),
    String(count),
    ...(names ? [names[groupBy === 'tenant' ? group : (split ?? '')] ?? ''] : []),
  ])
  return [head, ...rows].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('')
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
