import { describe, expect, it } from 'vitest'
import { nameSteps } from './steps.ts'

const step = (targetId: string, id?: string) => ({
  kind: 'item' as const,
  targetId,
  ...(id && { id }),
})

describe('the ids of steps', () => {
  it('are counted where none is given', () => {
    expect(nameSteps([step('a'), step('b')], []).map(({ id }) => id)).toEqual(['step_1', 'step_2'])
  })

  it('stay with a step that is moved, and are not given to another afterwards', () => {
    const before = nameSteps([step('a'), step('b')], [])

    const after = nameSteps([step('b', 'step_2'), step('c')], before)

    expect(after.map(({ id, targetId }) => [id, targetId])).toEqual([
      ['step_2', 'b'],
      ['step_3', 'c'],
    ])
  })

  it('are refused where two steps share one', () => {
    expect(() => nameSteps([step('a', 'x'), step('b', 'x')], [])).toThrow(/another step/)
  })
})
