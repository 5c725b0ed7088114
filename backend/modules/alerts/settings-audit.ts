import { AppError } from '../../../shared/errors.ts'
import { changesOf, recordAudit } from '../../core/audit/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'

type Kind = 'rule' | 'route' | 'silence'
type Values = Readonly<Record<string, unknown>>

/** A change of what alerts do, in the trail of the organisation. */
export async function auditSetting(
  ctx: TenantContext,
  kind: Kind,
  act: 'create' | 'update' | 'delete' | 'test',
  id: string,
  change: { readonly before: Values; readonly after: Values } = { before: {}, after: {} },
): Promise<void> {
  const changes = changesOf(change.before, change.after, {
    secret: ['url', 'secret', 'sealedUrl', 'sealedSecret'],
    personal: ['to'],
  })
  await recordAudit(ctx, {
    action: `alert-${kind}.${act}`,
    target: { type: `alert-${kind}`, id },
    fields: changes.map(({ field }) => field),
    changes,
    result: 'success',
  })
}

export function changedMeanwhile(): AppError {
  return new AppError('conflict', 'Somebody else changed it at the same moment; read it again')
}

/** The members that were given: an absent one leaves what is there. */
export function given<T extends object>(change: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(change).filter(([, value]) => value !== undefined)
  // Only members without a value are left out.
  return Object.fromEntries(entries) as ReturnType<typeof given<T>>
}
