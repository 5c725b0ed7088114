import { expect, it } from 'vitest'
import { ConnectElement } from '../core/connect-element.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { show } from '../core/testing/show.ts'
import { AskFirstElement, askFirst } from './ask-first.ts'
import { offerUndo, UndoToastElement } from './undo-toast.ts'

class HostElement extends ConnectElement {}
customElements.define('test-asking-host', HostElement)

const question = {
  title: 'Pause “Moodle”?',
  effects: ['Nothing is fetched or sent.', 'It can be resumed at any time.'],
  button: 'Pause it',
  reason: true,
}

const dialogIn = (host: HostElement) => host.renderRoot.querySelector('edpsych-ask-first')

it('says what will happen and hands over the reason only when the button is pressed', async () => {
  const host = await show(HostElement, {})
  const answer = askFirst(host, question)
  await expect.poll(() => dialogIn(host)).toBeInstanceOf(AskFirstElement)
  await expectAccessible()

  await tabTo('Why?')
  await press('x')
  await tabTo('Pause it')
  await press('Enter')

  expect(await answer).toEqual({ reason: 'x' })
  expect(dialogIn(host)).toBeNull()
})

it('is left by Escape, doing nothing', async () => {
  const host = await show(HostElement, {})
  const answer = askFirst(host, question)
  await expect.poll(() => dialogIn(host)).not.toBeNull()

  await press('Escape')

  expect(await answer).toBeUndefined()
})

it('offers to undo until it is closed, and says how that went', async () => {
  const host = await show(HostElement, {})
  offerUndo(host, {
    sentence: '“Moodle” is deleted.',
    button: 'Undo',
    undo: async () => '“Moodle” is back.',
  })
  await expectAccessible()
  const toast = document.querySelector('edpsych-undo-toast')
  if (!(toast instanceof UndoToastElement)) throw new Error('no toast')

  await tabTo('Undo')
  await press('Enter')
  await expect.poll(() => toast.renderRoot.textContent).toContain('“Moodle” is back.')

  await tabTo('Close')
  expect(focused()?.textContent).toBe('Close')
  await press('Enter')
  expect(toast.isConnected).toBe(false)
})
