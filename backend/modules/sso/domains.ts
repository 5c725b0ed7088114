import type { Page } from '../../../shared/api/contract.ts'
import type { MadeList } from '../../../shared/api/list-query.ts'
import type { SsoDomain } from '../../../shared/api/sso.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { SsoParts } from './deps.ts'
import {
  changeDomain,
  type DomainRow,
  deleteDomain,
  findDomain,
  findDomainPage,
  insertDomain,
} from './policy-store.ts'
import { mustFindProvider } from './providers.ts'

function showDomain(row: DomainRow): SsoDomain {
  return {
    id: row._id,
    domain: row.domain,
    providerId: row.providerId,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    record: { name: recordName(row.domain), type: 'TXT', value: row.proof },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

/** A name of its own, so that the record disturbs no other use of the domain. */
function recordName(domain: string): string {
  return `_edpsych-connect.${domain}`
}

export async function listDomains(ctx: TenantContext, query: MadeList): Promise<Page<SsoDomain>> {
  return showPage(await findDomainPage(ctx, query), showDomain)
}

export async function addDomain(
  ctx: TenantContext,
  { domain, providerId }: { readonly domain: string; readonly providerId: string | null },
): Promise<SsoDomain> {
  if (providerId !== null) await mustFindProvider(ctx, providerId)
  const row = await insertDomain(ctx, { domain, providerId })
  if (row === null) throw new AppError('conflict', `${domain} is on the list already`)
  await audit(ctx, 'create', row._id, ['domain'])
  return showDomain(row)
}

export async function directDomain(
  ctx: TenantContext,
  id: string,
  { providerId }: { readonly providerId: string | null },
): Promise<SsoDomain> {
  await mustFind(ctx, id)
  if (providerId !== null) await mustFindProvider(ctx, providerId)
  await changeDomain(ctx, id, { providerId })
  await audit(ctx, 'update', id, ['providerId'])
  return showDomain(await mustFind(ctx, id))
}

/** Looks for the record that only whoever runs the domain can make. */
export async function verifyDomain(
  { resolveTxt, now }: Pick<SsoParts, 'resolveTxt' | 'now'>,
  ctx: TenantContext,
  id: string,
): Promise<SsoDomain> {
  const row = await mustFind(ctx, id)
  const values = await resolveTxt(recordName(row.domain))
  if (!values.includes(row.proof)) {
    const found = values.length === 0 ? 'there is none yet' : 'another value is there'
    throw new AppError(
      'sso_domain_not_proven',
      `The TXT record ${recordName(row.domain)} must say ${row.proof}; ${found}. Changes of DNS can take some hours`,
    )
  }
  if (!(await changeDomain(ctx, id, { verifiedAt: now() }))) {
    throw new AppError('conflict', `Another organisation has proven ${row.domain}`)
  }
  await audit(ctx, 'verify', id, [])
  return showDomain(await mustFind(ctx, id))
}

export async function removeDomain(ctx: TenantContext, id: string): Promise<undefined> {
  if (!(await deleteDomain(ctx, id))) throw unknown(id)
  await audit(ctx, 'delete', id, [])
  return undefined
}

async function mustFind(ctx: TenantContext, id: string): Promise<DomainRow> {
  const row = await findDomain(ctx, id)
  if (row === null) throw unknown(id)
  return row
}

function unknown(id: string): AppError {
  return new AppError('not_found', `The domain ${id} does not exist`)
}

async function audit(
  ctx: TenantContext,
  verb: string,
  id: string,
  fields: readonly string[],
): Promise<void> {
  await recordAudit(ctx, {
    action: `sso.domain.${verb}`,
    target: { type: 'sso-domain', id },
    fields: [...fields],
    result: 'success',
  })
}
