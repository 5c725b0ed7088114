import { describe, expect, it } from 'vitest'
import { claim } from '../claim-names.ts'
import { readHistory } from './copy-history.ts'

const historyOf = (custom: unknown) => readHistory({ [claim.custom]: custom })

describe('the history of a copy', () => {
  it('is the ids in their order, decoded', () => {
    expect(
      historyOf({ context_id_history: '12, 7', resource_link_id_history: 'a%2Cb,c%20d' }),
    ).toEqual({ contextIds: ['12', '7'], resourceLinkIds: ['a,b', 'c d'] })
  })

  it.each([
    [undefined],
    [null],
    [{}],
    [{ context_id_history: '' }],
    [{ context_id_history: '$Context.id.history' }],
    [{ context_id_history: ' , ', resource_link_id_history: 7 }],
  ])('is none in %j', (custom) => {
    expect(historyOf(custom)).toBeUndefined()
  })

  it('takes ids that are not encoded as they are, and not without end', () => {
    const many = Array.from({ length: 50 }, (_, no) => `100%${no}x`).join()

    expect(historyOf({ context_id_history: many })?.contextIds).toHaveLength(20)
    expect(historyOf({ context_id_history: '100%x' })?.contextIds).toEqual(['100%x'])
  })
})
