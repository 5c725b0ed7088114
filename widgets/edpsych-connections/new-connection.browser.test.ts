import { afterEach, beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi, problem } from '../core/testing/fake-api.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { canvas, moodle, ourMoodle } from '../dashboard/testing/connection-fixtures.ts'
import { ConnectionSavedEvent, NewConnectionElement } from './new-connection.ts'

const step = {
  id: 'credentials',
  title: 'Sign in',
  code: null,
  whatToDo: null,
  detail: '',
  durationMs: 5,
}
const refused = {
  ok: false,
  steps: [
    { ...step, id: 'address', title: 'Reach the address', status: 'passed' },
    {
      ...step,
      status: 'failed',
      detail: 'Moodle does not know this token.',
      whatToDo: 'Make a new token in Moodle.',
    },
  ],
}

function open(
  answers: Parameters<typeof fakeApi>[0] = {},
  more: Partial<NewConnectionElement> = {},
) {
  const api = fakeApi({
    'GET /api/v1/connectors': () => ({ data: [canvas, moodle], nextCursor: null }),
    'POST /api/v1/connection-tests': ({ body }) =>
      JSON.stringify(body).includes('right')
        ? { ok: true, steps: [{ ...step, status: 'passed' }] }
        : refused,
    'POST /api/v1/connections': () => ({ ...ourMoodle, state: 'draft' }),
    'POST /api/v1/connections/*/activate': () => ourMoodle,
    ...answers,
  })
  const saved: string[] = []
  const opened = show(NewConnectionElement, { client: api.client, ...more }).then((element) => {
    element.addEventListener(ConnectionSavedEvent.type, (event) => {
      if (event instanceof ConnectionSavedEvent) saved.push(event.connectionId)
    })
    return element
  })
  return opened.then((element) => ({ element, saved, calls: api.calls }))
}

const formOf = (element: NewConnectionElement) =>
  element.renderRoot.querySelector('edpsych-connector-form')

beforeEach(() => history.replaceState(null, '', location.pathname))
afterEach(() => page.viewport(1280, 800))

it('has nothing that axe objects to: catalogue, form, result; wide and at 320 pixels', async () => {
  const { element } = await open({}, { connector: undefined })
  await expect.poll(() => textIn(element)).toContain('Courses of a Canvas.')
  await expectAccessible()

  await page.viewport(320, 800)
  element.connector = 'moodle'
  await expect.poll(() => formOf(element)).not.toBeNull()
  await expectAccessible()
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320)
})

it('goes from the search to a connection in use by keyboard, over a token that is wrong', async () => {
  const { element, saved, calls } = await open({}, { inAddress: true })
  await expect.poll(() => textIn(element)).toContain('Courses of a Canvas.')
  await tabTo('Search for a system')
  await userEvent.keyboard('moodle')
  await expect.poll(() => textIn(element)).not.toContain('Courses of a Canvas.')
  await tabTo('Choose Moodle')
  await press('Enter')
  await expect.poll(() => location.search).toBe('?connector=moodle')

  await tabTo('Address of your Moodle')
  await userEvent.keyboard('https://moodle.example')
  await tabTo('Token')
  await userEvent.keyboard('wrong')
  await press('Enter')
  await expect.poll(() => textIn(element)).toContain('It does not work yet')
  expect(textIn(element)).toContain('What to do: Make a new token in Moodle.')
  expect(focused()?.id).toBe('result')
  await expectAccessible()

  const token = formOf(element)?.renderRoot.querySelector<HTMLInputElement>(
    '#field-credentials-token',
  )
  token?.focus()
  token?.select()
  await userEvent.keyboard('right')
  await expect.poll(() => textIn(element)).toContain('before your last change')
  await press('Enter')
  await expect.poll(() => textIn(element)).toContain('It works')
  await tabTo('Save and use it')
  await press('Enter')

  await expect.poll(() => saved).toEqual(['con_1'])
  const sent = calls.find(({ route }) => route === 'POST /api/v1/connections')?.body
  expect(sent).toMatchObject({
    connectorId: 'moodle',
    config: { url: 'https://moodle.example' },
    credentials: { token: 'right' },
  })
})

it('keeps a draft and goes on with it, its secret kept', async () => {
  const { element, calls } = await open(
    { 'GET /api/v1/connections/con_1': () => ({ ...ourMoodle, state: 'draft' }) },
    { draft: 'con_1' },
  )
  await expect.poll(() => formOf(element)).not.toBeNull()
  const form = formOf(element)
  await form?.updateComplete

  expect(form?.current['config/url']).toBe('https://moodle.example')
  expect(form?.renderRoot.textContent).toContain('It cannot be read again')
  await tabTo('Test the connection')
  await press('Enter')
  await expect
    .poll(() => calls.at(-1)?.body)
    .toMatchObject({ connectionId: 'con_1', credentials: {} })
})

it('shows what the server refuses at the field it is about', async () => {
  const { element, saved } = await open(
    {
      'POST /api/v1/connections': () =>
        problem(400, 'connection_settings_invalid', 'Not valid', {
          errors: [
            { pointer: '#/config/url', detail: 'this host is not allowed', code: 'refused' },
          ],
        }),
    },
    { connector: 'moodle' },
  )
  await expect.poll(() => formOf(element)).not.toBeNull()

  await tabTo('Save as a draft')
  await press('Enter')

  await expect
    .poll(() => formOf(element)?.renderRoot.textContent)
    .toContain('Address of your Moodle: this host is not allowed')
  expect(saved).toEqual([])
})

it('tells beforehand that a person has to agree at the other system', async () => {
  const { element } = await open({}, { connector: 'canvas' })

  await expect.poll(() => textIn(element)).toContain('Save and sign in at Canvas')
  expect(textIn(element)).toContain('Canvas wants a person to agree')
})
