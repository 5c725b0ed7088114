import { afterEach, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { proveSignIn } from './prove-sign-in.ts'

afterEach(() => {
  for (const dialog of document.querySelectorAll('dialog')) dialog.remove()
})

const refusal = () => document.querySelector('[role="alert"]:not([hidden])')?.textContent

it('asks with the keyboard alone, says why a password was refused, and goes on', async () => {
  const given: string[] = []
  const proved = proveSignIn(async (password) => {
    given.push(password)
    return password === 'right' ? undefined : 'The password is wrong'
  })

  await expectAccessible(document.querySelector('dialog') ?? document.body)
  await userEvent.keyboard('wrong{Enter}')
  await expect.poll(refusal).toBe('The password is wrong')
  await userEvent.keyboard('right{Enter}')

  expect(await proved).toBe(true)
  expect(given).toEqual(['wrong', 'right'])
  expect(document.querySelector('dialog')).toBeNull()
})

it('lets the person leave it', async () => {
  const proved = proveSignIn(async () => undefined)

  await userEvent.keyboard('{Escape}')

  expect(await proved).toBe(false)
})
