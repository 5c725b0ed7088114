import { expect, it } from 'vitest'
import { membersOf, renamed } from './group-members.ts'

const content = {
  title: '7B',
  groups: [
    { sourcedId: 'g1', memberSourcedIds: ['con_1:7', 'con_1:8'] },
    { sourcedId: 'g2', memberSourcedIds: ['con_1:7'] },
  ],
}

it('names the members of all groups of a class', () => {
  expect(membersOf(content)).toEqual(['con_1:7', 'con_1:8', 'con_1:7'])
  expect(membersOf({ title: '7B' })).toEqual([])
})

it('gives those who are matched their name in the roster, and leaves the others', () => {
  const after = renamed(content, new Map([['con_1:7', 'sis-1']]))

  expect(membersOf(after)).toEqual(['sis-1', 'con_1:8', 'sis-1'])
  expect(renamed({ title: '7B' }, new Map())).toEqual({ title: '7B' })
})
