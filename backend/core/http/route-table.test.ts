import { expect, it } from 'vitest'
import { createRouteTable } from './route-table.ts'

function tableOf(...paths: string[]) {
  const table = createRouteTable<string>()
  for (const path of paths) table.add(path, path)
  return table
}

it('finds fixed paths and paths with parameters', () => {
  const table = tableOf('/api/v1/items', '/api/v1/items/:id', '/api/v1/items/:id/parts/:part')

  expect(table.find('/api/v1/items')?.value).toBe('/api/v1/items')
  expect(table.find('/api/v1/items/')?.value).toBe('/api/v1/items')
  expect(table.find('/api/v1/items/itm_1')?.value).toBe('/api/v1/items/:id')
  expect(table.find('/api/v1/items/itm_1/parts/2')?.value).toBe('/api/v1/items/:id/parts/:part')
})

it('takes the fixed text before the parameter, and the parameter where the fixed one leads nowhere', () => {
  const table = tableOf('/keys/:id', '/keys/current', '/keys/:id/rotate')

  expect(table.find('/keys/current')?.value).toBe('/keys/current')
  expect(table.find('/keys/current/rotate')?.value).toBe('/keys/:id/rotate')
})

it('knows no other path, nor one whose parameter is empty', () => {
  const table = tableOf('/api/v1/items/:id/parts')

  for (const path of ['/', '/api', '/api/v1/items', '/api/v1/items//parts', '/api/v1/items/1/x']) {
    expect(table.find(path)).toBeUndefined()
  }
})

it('gives the parameters of the path it found, decoded', () => {
  const table = tableOf('/keys/:id', '/keys/:id/parts/:part', '/keys/:name/rotate')

  expect(table.find('/keys/a%20b')?.params).toEqual({ id: 'a b' })
  expect(table.find('/keys/1/parts/2')?.params).toEqual({ id: '1', part: '2' })
  expect(table.find('/keys/1/rotate')?.params).toEqual({ name: '1' })
})

it('refuses a parameter with a broken percent-encoding', () => {
  const table = tableOf('/keys/:id')

  expect(() => table.find('/keys/%E0%A4%A')).toThrow(URIError)
})
