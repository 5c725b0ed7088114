import { expect, it } from 'vitest'
import { createOneAtATime } from './one-at-a-time.ts'

it('runs the tasks of one key in turn, a failed one included, and those of others at once', async () => {
  const run = createOneAtATime()
  const seen: string[] = []
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })

  const first = run('a', async () => {
    await gate
    seen.push('a1')
    throw new Error('failed')
  })
  const second = run('a', async () => {
    seen.push('a2')
    return 2
  })
  await run('b', async () => seen.push('b1'))
  open()

  await expect(first).rejects.toThrow('failed')
  expect(await second).toBe(2)
  expect(seen).toEqual(['b1', 'a1', 'a2'])
})
