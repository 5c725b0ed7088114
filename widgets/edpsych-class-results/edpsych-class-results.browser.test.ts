import { expect, it } from 'vitest'
import type { ClassResults } from '../../shared/api/lti-review.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi, problem } from '../core/testing/fake-api.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { ClassResultsElement } from './edpsych-class-results.ts'

const attempt = {
  id: 'att_1',
  score: 2,
  maxScore: 4,
  comment: null,
  submittedAt: '2026-11-23T09:00:00.000Z',
  counts: true,
  state: 'sent',
  reason: null,
} as const
const found: ClassResults = {
  title: 'The water cycle',
  hasColumn: true,
  hasMembers: true,
  isWhole: true,
  results: [
    { userId: 'ann', name: 'Ann Abel', attempt: null },
    { userId: 'bob', name: 'Bob Bell', attempt },
    {
      userId: 'cat',
      name: 'Cat Cole',
      attempt: { ...attempt, id: 'att_2', state: 'refused', reason: 'No longer enrolled' },
    },
  ],
}

async function open(answers: Parameters<typeof fakeApi>[0]) {
  const api = fakeApi(answers)
  const element = await show(ClassResultsElement, { client: api.client })
  await expect.poll(() => textIn(element)).not.toContain('Loading')
  return { element, api }
}

it('names everybody, with points and where each grade is', async () => {
  const { element } = await open({ 'GET /api/v1/lti/class-results': () => found })

  const text = textIn(element)
  expect(text).toContain('Results: The water cycle')
  expect(text).toContain('2 of 3 handed in')
  expect(text).toContain('Not handed in')
  expect(text).toContain('In the gradebook')
  expect(text).toContain('Refused by the LMS')
  expect(text).toContain('No longer enrolled')
  await expectAccessible()
})

it('sends refused grades again by keyboard and shows how they are now', async () => {
  let asked = 0
  const { element, api } = await open({
    'GET /api/v1/lti/class-results': () => {
      asked += 1
      if (asked === 1) return found
      const results = found.results.map((result) =>
        result.attempt?.state === 'refused'
          ? { ...result, attempt: { ...result.attempt, state: 'waiting', reason: null } }
          : result,
      )
      return { ...found, results }
    },
    'POST /api/v1/lti/class-results/resend': () => ({ count: 1 }),
  })

  await tabTo('Send refused grades again')
  await press('Enter')

  await expect.poll(() => textIn(element)).toContain('On its way to the gradebook')
  expect(textIn(element)).not.toContain('Your LMS refused')
  expect(api.calls.map(({ route }) => route)).toContain('POST /api/v1/lti/class-results/resend')
  await expect.poll(() => focused()?.textContent?.trim()).toBe('Refresh')
})

it('corrects one result in its row', async () => {
  const { element, api } = await open({
    'GET /api/v1/lti/class-results': () => found,
    'PATCH /api/v1/lti/review/attempts/*': ({ body }) => ({ ...attempt, ...(body as object) }),
  })

  await tabTo('Change points or comment of Bob Bell')
  await press('Enter')
  await expect.poll(() => focused()?.getAttribute('name')).toBe('score')
  await expectAccessible()
  const input = element.renderRoot.querySelector<HTMLInputElement>('[name=score]')
  if (input) input.value = '4'
  await tabTo('Save')
  await press('Enter')

  await expect.poll(() => textIn(element)).toContain('4 of 4 points')
  expect(api.calls.at(-1)?.url.pathname).toBe('/api/v1/lti/review/attempts/att_1')
  expect(element.renderRoot.querySelector('form')).toBeNull()
})

it('says what is missing: names, a column, results, the server', async () => {
  const { element } = await open({
    'GET /api/v1/lti/class-results': () => ({
      ...found,
      hasMembers: false,
      hasColumn: false,
      results: [{ userId: '7', name: null, attempt: { ...attempt, state: 'no-column' } }],
    }),
  })
  expect(textIn(element)).toContain('does not tell who is in this course')
  expect(textIn(element)).toContain('no place in the gradebook')
  expect(textIn(element)).toContain('Learner 7')

  const { element: empty } = await open({
    'GET /api/v1/lti/class-results': () => ({ ...found, results: [] }),
  })
  expect(textIn(empty)).toContain('No results yet')

  const { element: broken } = await open({
    'GET /api/v1/lti/class-results': () => problem(503, 'service_unavailable', 'busy'),
  })
  expect(textIn(broken)).toContain('Try again')
})
