import { AuditEntryModel } from './store.ts'

export interface LastAct {
  readonly actor: { readonly kind: string; readonly id: string }
  readonly at: Date
}

/** Who last did one of these in an organisation, by its trail; null where nobody has. */
export async function lastAct(
  tenantId: string,
  actions: readonly string[],
  field?: string,
): Promise<LastAct | null> {
  return AuditEntryModel.findOne(
    {
      tenantId,
      action: { $in: [...actions] },
      result: 'success',
      ...(field === undefined ? {} : { fields: field }),
    },
    { actor: 1, at: 1 },
    { sort: { seq: -1 } },
  ).lean<LastAct>()
}
