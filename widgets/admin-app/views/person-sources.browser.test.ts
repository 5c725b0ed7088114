import { afterEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { expectAccessible } from '../../core/testing/accessibility.ts'
import { fakeApi, problem } from '../../core/testing/fake-api.ts'
import { PersonSourcesElement } from './person-sources.ts'

const values = { givenName: 'Ada', familyName: 'Byron', email: null }
const updatedAt = '2026-11-24T08:00:00.000Z'
const both = {
  fieldOwners: { name: 'con_1', email: 'plat_1' },
  sources: [
    { sourceId: 'con_1', sourceKind: 'sis', theirId: 'sis-1', values, updatedAt },
    {
      sourceId: 'plat_1',
      sourceKind: 'lms',
      theirId: 'sub-1',
      values: { ...values, givenName: 'Augusta', email: 'ada@school.example' },
      updatedAt,
    },
    { sourceId: 'plat_2', sourceKind: 'lms', theirId: 'sub-9', values, updatedAt },
  ],
}

let shown: PersonSourcesElement | undefined

afterEach(() => shown?.remove())

function show(answer: () => unknown) {
  const api = fakeApi({ 'GET /api/v1/users/rus_1/sources': answer })
  const element = new PersonSourcesElement()
  element.client = api.client
  element.personId = 'rus_1'
  element.name = 'Ada Byron'
  document.body.append(element)
  shown = element
  return { element, calls: api.calls }
}

it('reads nothing until it is opened, and then says whose word holds', async () => {
  const { element, calls } = show(() => both)
  await element.updateComplete
  expect(calls).toEqual([])

  element.querySelector('summary')?.focus()
  await userEvent.keyboard('{Enter}')

  await expect.element(page.getByText('owns the name')).toBeVisible()
  const lines = [...element.querySelectorAll('li')].map(({ textContent }) =>
    textContent?.replace(/\s+/g, ' ').trim(),
  )
  expect(lines).toEqual([
    'Student record system (sis-1): Ada Byron – owns the name',
    'Learning platform (sub-1): Augusta Byron, ada@school.example – owns the e-mail address',
    'Learning platform (sub-9): Ada Byron – kept beside',
  ])
  await expectAccessible(element)
})

it('says so where nobody but the school entered somebody', async () => {
  const { element } = show(() => ({ fieldOwners: { name: null, email: null }, sources: [] }))
  await element.updateComplete

  await page.getByText('Sources').click()

  await expect.element(page.getByText('Entered here.')).toBeVisible()
})

it('says why it cannot be shown', async () => {
  const { element } = show(() => problem(403, 'forbidden', 'This takes the right roster.read'))
  await element.updateComplete

  await page.getByText('Sources').click()

  await expect.element(page.getByRole('status')).toHaveTextContent('roster.read')
})
