import { expect, it } from 'vitest'
import { createAllowance } from './allowance.ts'
import { ConnectorError } from './connector-error.ts'

const forbidden = () =>
  Promise.reject(new ConnectorError('reauthorise', 'Authorise again.', { code: 'forbidden' }))

it('tells once what is forbidden, and does not ask again', async () => {
  const allowance = createAllowance()
  let asked = 0
  const read = () => {
    asked += 1
    return forbidden()
  }

  expect(await allowance.read('Groups', read, [])).toEqual([])
  expect(await allowance.read('Groups', read, [])).toEqual([])

  expect(asked).toBe(1)
  expect(allowance.untold()).toEqual([
    {
      kind: 'assignments',
      sourcedId: null,
      path: '$',
      reason: 'Groups may not be read. Authorise again.',
    },
  ])
  expect(allowance.untold()).toEqual([])
})

it('hands on what was read, and every other fault', async () => {
  const allowance = createAllowance()

  expect(await allowance.read('Groups', async () => ['Red'], [])).toEqual(['Red'])
  await expect(
    allowance.read('Groups', () => Promise.reject(new ConnectorError('retry', 'Later.')), []),
  ).rejects.toThrow('Later.')
  expect(allowance.untold()).toEqual([])
})
