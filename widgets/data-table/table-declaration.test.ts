import { expect, it } from 'vitest'
import { addressOfState, type Column, nextSort, stateOfAddress } from './table-declaration.ts'

const filters = [{ name: 'state', label: 'State', options: [['active', 'Active']] as const }]
const columns: Column<never>[] = [
  { id: 'name', label: 'Name', sort: 'name', cell: () => '', text: () => '' },
]

it('reads from an address only what the table declares', () => {
  const address = new URLSearchParams('state=broken&sort=-secret&q=moodle&page=3')

  expect(stateOfAddress(address, filters, columns)).toEqual({
    search: 'moodle',
    filters: {},
    sort: '',
  })
})

it('writes a state into an address beside what is there, and back', () => {
  const state = { search: 'a&b', filters: { state: 'active' }, sort: '-name' }

  const address = addressOfState(new URLSearchParams('tab=log&q=old'), filters, state)

  expect(address).toContain('tab=log')
  expect(stateOfAddress(new URLSearchParams(address), filters, columns)).toEqual(state)
})

it('goes round upwards, downwards and none', () => {
  expect([nextSort('', 'name'), nextSort('name', 'name'), nextSort('-name', 'name')]).toEqual([
    'name',
    '-name',
    '',
  ])
})
