import type { z } from 'zod'
import { ConnectorError } from './connector-error.ts'
import { jsonPath } from './read-answer.ts'
import { reasonOf } from './reason-of.ts'
import type { RefusedRecord, RosterKind } from './records.ts'

export interface ReadRows<T> {
  readonly taken: readonly T[]
  readonly refused: readonly RefusedRecord[]
}

interface ReadRowsOptions<S extends z.ZodType> {
  readonly schema: S
  readonly kind: RosterKind
  /** What a refused row is called in the report; null where it cannot be told. */
  idOf(row: unknown): string | null
  /** From how many rows on the same fault in all of them is a changed form; default 2. */
  readonly changedFrom?: number
}

/**
 * Parts a vendor's rows into those that can be taken over and those that cannot, with place and reason.
 * Throws `schema_changed` where all rows fail at the same place: taking nothing over is no success.
 */
export function readRows<S extends z.ZodType>(
  rows: readonly unknown[],
  { schema, kind, idOf, changedFrom = 2 }: ReadRowsOptions<S>,
): ReadRows<z.output<S>> {
  const taken: z.output<S>[] = []
  const refused: RefusedRecord[] = []
  const faults = new Set<string>()
  for (const row of rows) {
    const parsed = schema.safeParse(row)
    if (parsed.success) {
      taken.push(parsed.data)
      continue
    }
    const [issue] = parsed.error.issues
    const path = jsonPath(issue?.path ?? [])
    const reason = issue ? reasonOf(row, issue) : 'is not acceptable'
    const isOutOfScope = issue?.code === 'custom' && issue.params?.['outOfScope'] === true
    refused.push({
      kind,
      sourcedId: idOf(row),
      path,
      reason,
      ...(isOutOfScope && { outOfScope: true }),
    })
    // What a rule of ours refuses, such as a role, is not the vendor's form.
    faults.add(issue?.code === 'custom' ? '' : path)
  }
  const [fault] = faults
  if (taken.length === 0 && rows.length >= changedFrom && faults.size === 1 && fault) {
    throw new ConnectorError(
      'reject',
      `Every one of the ${kind} has a fault: ${fault} ${refused[0]?.reason}. Its maker has changed the form, or the account may no longer see this. Nothing was taken over.`,
      { code: 'schema_changed' },
    )
  }
  return { taken, refused }
}
