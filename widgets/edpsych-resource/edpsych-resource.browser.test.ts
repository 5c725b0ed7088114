import { expect, it } from 'vitest'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi, networkFailure, problem } from '../core/testing/fake-api.ts'
import { press, tabTo } from '../core/testing/keyboard.ts'
import { guidance, numberLine } from '../core/testing/resource-fixtures.ts'
import { show, textIn } from '../core/testing/show.ts'
import { ResourceElement } from './edpsych-resource.ts'

const { client } = fakeApi({
  'GET /api/v1/resources/res_1': () => guidance,
  'GET /api/v1/resources/res_2': () => numberLine,
})

async function open(properties: Partial<ResourceElement>): Promise<ResourceElement> {
  const element = await show(ResourceElement, { client, ...properties })
  await expect.poll(() => element.renderRoot.querySelector('.rights, [role=alert]')).not.toBeNull()
  return element
}

it('has nothing that axe objects to, with text and with a link', async () => {
  await open({ resourceId: 'res_1' })
  await expectAccessible()

  await open({ resourceId: 'res_2' })
  await expectAccessible()
})

it('always names licence and attribution', async () => {
  const withText = await open({ resourceId: 'res_1' })
  expect(textIn(withText)).toContain('Licence CC BY 4.0')
  expect(textIn(withText)).toContain('Attribution Example Educational Psychology Service, 2026')
  expect(withText.renderRoot.querySelector('.rights a')?.getAttribute('href')).toContain('/by/4.0')

  const elsewhere = await open({ resourceId: 'res_2' })
  expect(textIn(elsewhere)).toContain('Licence All rights reserved')
  expect(elsewhere.renderRoot.querySelector('.rights a')).toBeNull()
})

it('shows level, subjects, time and text, and never takes text for markup', async () => {
  const element = await open({ resourceId: 'res_1' })

  const text = textIn(element)
  expect(text).toContain('Guidance')
  expect(text).toContain('Level Key Stage 2')
  expect(text).toContain('Subjects Working memory, SEND')
  expect(text).toContain('Time 20 minutes')
  expect(text).toContain('<b>Not markup</b>')
  expect(element.renderRoot.querySelectorAll('.text ol li')).toHaveLength(2)
  expect(element.renderRoot.querySelector('.text h3')?.getAttribute('aria-level')).toBe('3')
})

it('opens what lives elsewhere in a new window, from the keyboard, and tells the page', async () => {
  const element = await open({ resourceId: 'res_2' })
  const opened: string[] = []
  document.body.addEventListener('edpsych-open', ({ resourceId, url }) =>
    opened.push(`${resourceId} ${url}`),
  )
  element.renderRoot.addEventListener('click', (event) => event.preventDefault())

  const link = await tabTo('Open the resource')
  await press('Enter')

  expect(opened).toEqual(['res_2 https://maths.example/number-line'])
  expect(link.getAttribute('target')).toBe('_blank')
  expect(link.getAttribute('rel')).toBe('noopener')
  expect(link.textContent).toContain('opens in a new window')
})

it('says that it is opening', async () => {
  const slow = fakeApi({ 'GET /api/v1/resources/*': () => new Promise(() => undefined) })

  const element = await show(ResourceElement, { client: slow.client, resourceId: 'res_1' })

  expect(textIn(element)).toContain('Opening the resource')
})

it('opens at the second try when the network was gone at the first', async () => {
  let tries = 0
  const flaky = fakeApi({
    'GET /api/v1/resources/*': () => (++tries === 1 ? networkFailure() : guidance),
  })
  const element = await open({ client: flaky.client, resourceId: 'res_1' })
  await expectAccessible()

  element.renderRoot.querySelector('button')?.click()

  await expect.poll(() => textIn(element)).toContain('Supporting working memory')
})

it('says when it no longer exists and tells the page', async () => {
  const codes: string[] = []
  document.body.addEventListener('edpsych-error', ({ code }) => codes.push(code))
  const empty = fakeApi({
    'GET /api/v1/resources/*': () => problem(404, 'not_found', 'res_1 does not exist'),
  })

  const element = await open({ client: empty.client, resourceId: 'res_1' })

  expect(textIn(element)).toContain('no longer exists')
  expect(codes).toEqual(['not_found'])
})
