import { describe, expect, it } from 'vitest'
import { activeFaults, changeFaults, noFaults, strikes } from './faults.ts'

describe('faults', () => {
  it('start switched off', () => {
    expect(activeFaults(noFaults())).toEqual([])
  })

  it('keep what a change does not mention', () => {
    const first = changeFaults(noFaults(), { replay: true })

    const second = changeFaults(first, { slowJwksMs: 500 })

    expect(activeFaults(second)).toEqual(['Replay', 'Slow keyset'])
  })

  it('strike as often as they were told to', () => {
    const faults = changeFaults(noFaults(), { scores503: 2 })

    const struck = [1, 2, 3].map(() => strikes(faults, 'scores503'))

    expect(struck).toEqual([true, true, false])
    expect(activeFaults(faults)).toEqual([])
  })

  it('strike until they are switched off', () => {
    const faults = changeFaults(noFaults(), { tokenDown: true })

    const struck = [1, 2, 3].map(() => strikes(faults, 'tokenDown'))

    expect(struck).toEqual([true, true, true])
  })

  it.each([
    ['replay', 1],
    ['replay', 'yes'],
    ['slowJwksMs', true],
    ['slowJwksMs', 60_001],
    ['scores503', 1.5],
    ['scores503', null],
  ])('refuse %s = %j', (key, value) => {
    expect(() => changeFaults(noFaults(), { [key]: value })).toThrow('cannot be')
  })

  it('refuse names that are not in the list, inherited ones too', () => {
    expect(() => changeFaults(noFaults(), { toString: true })).toThrow('There is no fault named')
  })
})
