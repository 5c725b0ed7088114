import { z } from 'zod'
import { ListQuery } from './contract.ts'

/** Bounds of the time an object was made; both inclusive. */
export const MadeBetween = {
  from: z.iso.datetime().optional().meta({ description: 'Not before this time' }),
  to: z.iso.datetime().optional().meta({ description: 'Not after this time' }),
}

/** Bounds of the time an object was last changed; both inclusive. */
export const ChangedBetween = {
  updatedFrom: z.iso.datetime().optional().meta({ description: 'Changed at or after this time' }),
  updatedTo: z.iso.datetime().optional().meta({ description: 'Changed at or before this time' }),
}

/** Yes or no in a query. */
export const Flag = z.stringbool().meta({ enum: ['true', 'false'] })

export interface TimeBounds {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly updatedFrom?: string | undefined
  readonly updatedTo?: string | undefined
}

type Order<S extends string> = S | `-${S}`

/** The query of a list that can be sorted, filtered and counted; the first order named is the default. */
export function listQuery<const S extends string, F extends z.ZodRawShape>({
  sort,
  filters,
}: {
  readonly sort: readonly [Order<S>, ...Order<S>[]]
  readonly filters: F
}) {
  const fields = [...new Set(sort.map((order) => order.replace(/^-/, '')))]
  // Each field is offered in both directions, whichever was named.
  const orders = fields.flatMap((field) => [field, `-${field}`]) as [Order<S>, ...Order<S>[]]
  return ListQuery.extend({
    sort: z
      .enum(orders)
      .default(sort[0] as never)
      .meta({ description: 'Order of the list; `-` for descending' }),
    include: z.literal('count').optional().meta({ description: 'Also count what there is' }),
    ...filters,
  })
}

/** The query of a list that is read by age alone. */
export const MadeList = listQuery({ sort: ['-createdAt'], filters: MadeBetween })
export type MadeList = z.output<typeof MadeList>
