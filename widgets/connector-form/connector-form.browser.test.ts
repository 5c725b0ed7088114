import { afterEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { ConnectorFormElement, FormSubmitEvent } from './connector-form.ts'
import type { FormField, FormValues } from './form-field.ts'

const plain = { help: '', required: false, secret: false }

const fields: readonly FormField[] = [
  { ...plain, name: 'baseUrl', label: 'Address', help: 'As shown.', type: 'url', required: true },
  { ...plain, name: 'pageSize', label: 'Rows at once', type: 'number', default: 100 },
  { ...plain, name: 'archived', label: 'Archived classes too', type: 'boolean' },
  {
    ...plain,
    name: 'region',
    label: 'Region',
    type: 'choice',
    required: true,
    choices: [
      { value: 'uk', label: 'United Kingdom' },
      { value: 'eu', label: 'European Union' },
    ],
  },
  { ...plain, name: 'schools', label: 'Schools', type: 'list' },
  { ...plain, name: 'from', label: 'From', type: 'date' },
  { ...plain, name: 'token', label: 'Token', type: 'secret', required: true, secret: true },
]

const kept = { token: { set: true, changedAt: '2026-11-01T10:00:00.000Z' } }

async function open(more: Partial<ConnectorFormElement> = {}) {
  const sent: FormValues[] = []
  const element = await show(ConnectorFormElement, { fields, submitLabel: 'Save', ...more })
  element.addEventListener(FormSubmitEvent.type, (event) => {
    if (event instanceof FormSubmitEvent) sent.push(event.values)
  })
  return { element, sent }
}

afterEach(() => page.viewport(1000, 700))

it('has nothing that axe objects to: fresh, with faults, with kept secrets, narrow', async () => {
  const { element } = await open()
  await expectAccessible()
  await element.check()
  await expectAccessible()

  await open({ secrets: kept })
  await expectAccessible()
  await page.viewport(320, 700)
  await expectAccessible()
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320)
})

it('is filled in and sent with the keyboard alone', async () => {
  const { sent } = await open()

  await tabTo('Address')
  await userEvent.keyboard('https://lms.example')
  await tabTo('Archived classes too')
  await press('Space')
  // The text of a select is its options.
  await tabTo('United Kingdom')
  await press('ArrowDown')
  await press('Tab')
  await userEvent.keyboard('a')
  await press('Enter')
  await userEvent.keyboard('b')
  await tabTo('Token')
  await userEvent.keyboard('secret')
  await press('Enter')

  await expect
    .poll(() => sent)
    .toEqual([
      {
        baseUrl: 'https://lms.example',
        pageSize: 100,
        archived: true,
        region: 'uk',
        schools: ['a', 'b'],
        token: 'secret',
      },
    ])
})

it('says at each field and in a summary what is not right, and leads there', async () => {
  const { element, sent } = await open({ values: { baseUrl: 'lms.example' } })
  await tabTo('Save')
  await press('Enter')

  await expect.poll(() => focused()?.className).toContain('faults')
  expect(textIn(element)).toContain('3 things are not right yet')
  const input = element.renderRoot.querySelector('#field-baseUrl')
  expect(input?.getAttribute('aria-invalid')).toBe('true')
  expect(input?.getAttribute('aria-describedby')).toBe('help-baseUrl fault-baseUrl')

  await press('Tab', 'Enter')
  await expect.poll(() => focused()?.id).toBe('field-baseUrl')
  expect(sent).toEqual([])
})

it('takes a fault away once it is mended', async () => {
  const { element } = await open({
    values: { baseUrl: 'lms.example', region: 'uk' },
    secrets: kept,
  })
  await element.check()
  expect(textIn(element)).toContain('whole web address')

  element.renderRoot.querySelector<HTMLElement>('#field-baseUrl')?.focus()
  await press('Home')
  await userEvent.keyboard('https://')

  await expect.poll(() => textIn(element)).not.toContain('whole web address')
})

it('shows of a kept secret only since when, and sends it only where it is replaced', async () => {
  const { element, sent } = await open({
    values: { baseUrl: 'https://lms.example', region: 'uk' },
    secrets: kept,
  })
  expect(textIn(element)).toContain('Set on 1 Nov 2026')
  expect(element.renderRoot.querySelector('input[type=password]')).toBeNull()

  await tabTo('Save')
  await press('Enter')
  await expect.poll(() => sent.length).toBe(1)
  expect(sent[0]).not.toHaveProperty('token')

  await tabTo('Replace Token')
  await press('Enter')
  await expect.poll(() => focused()?.id).toBe('field-token')
  await userEvent.keyboard('new')
  await press('Enter')
  await expect.poll(() => sent.at(-1)?.['token']).toBe('new')
})

it('shows what the server found at the field it found it in', async () => {
  const { element } = await open()

  await element.report([
    { pointer: '#/baseUrl', detail: 'this host is not allowed' },
    { pointer: '#/name', detail: 'the name is taken' },
  ])

  expect(textIn(element)).toContain('Address: this host is not allowed')
  expect(textIn(element)).toContain('the name is taken')
  expect(focused()?.className).toContain('faults')
})
