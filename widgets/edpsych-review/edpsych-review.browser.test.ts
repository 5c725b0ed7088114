import { expect, it } from 'vitest'
import type { SubmissionReview } from '../../shared/api/lti-review.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi, problem } from '../core/testing/fake-api.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { ReviewElement } from './edpsych-review.ts'

const at = '2026-11-23T09:00:00.000Z'
const attempt = {
  id: 'att_1',
  score: 2,
  maxScore: 4,
  comment: null,
  submittedAt: at,
  counts: true,
  state: 'sent',
  reason: null,
} as const
const work: SubmissionReview = {
  title: 'The water cycle',
  learner: { userId: 'bob', name: 'Bob Bell' },
  mayCorrect: true,
  attempts: [attempt, { ...attempt, id: 'att_0', score: 1, counts: false }],
}

async function open(answers: Parameters<typeof fakeApi>[0]) {
  const api = fakeApi(answers)
  const element = await show(ReviewElement, { client: api.client })
  await expect.poll(() => textIn(element)).not.toContain('Loading')
  return { element, api }
}

it('shows every attempt of the learner, and which one counts', async () => {
  const { element } = await open({ 'GET /api/v1/lti/review': () => work })

  expect(textIn(element)).toContain('Work of Bob Bell')
  expect(textIn(element)).toContain('2 of 4 points')
  expect(textIn(element)).toContain('In the gradebook')
  expect(textIn(element)).toContain('A later try counts')
  await expectAccessible()
})

it('is corrected by keyboard alone, and says so', async () => {
  const { element, api } = await open({
    'GET /api/v1/lti/review': () => work,
    'PATCH /api/v1/lti/review/attempts/*': ({ body }) => ({
      ...attempt,
      ...(body as object),
      state: 'waiting',
    }),
  })

  await tabTo('Change points')
  await press('Enter')
  await expect.poll(() => focused()?.getAttribute('name')).toBe('score')
  await expectAccessible()
  const [points, comment] = element.renderRoot.querySelectorAll<HTMLInputElement>('[name]')
  if (points) points.value = '3'
  if (comment) comment.value = 'Better now'
  await tabTo('Save')
  await press('Enter')

  await expect.poll(() => textIn(element)).toContain('3 of 4 points')
  expect(textIn(element)).toContain('Comment: Better now')
  expect(textIn(element)).toContain('On its way to the gradebook')
  await expect.poll(() => focused()?.textContent?.trim()).toBe('Change points or comment')
  await expect
    .poll(() => element.renderRoot.querySelector('[role=status]')?.textContent)
    .toContain('Saved')
  expect(api.calls.at(-1)?.body).toEqual({ score: 3, comment: 'Better now' })
})

it('keeps what was entered when it is refused, and Escape leaves', async () => {
  const { element } = await open({
    'GET /api/v1/lti/review': () => work,
    'PATCH /api/v1/lti/review/attempts/*': () =>
      problem(409, 'conflict', 'Somebody else corrected this result meanwhile; look at it again'),
  })
  await tabTo('Change points')
  await press('Enter')
  await tabTo('Save')
  await press('Enter')

  await expect.poll(() => textIn(element)).toContain('Somebody else corrected')
  expect(element.renderRoot.querySelector('form')).not.toBeNull()
  await press('Escape')
  await expect.poll(() => element.renderRoot.querySelector('form')).toBeNull()
})

it('gives a learner no way to change anything', async () => {
  const { element } = await open({
    'GET /api/v1/lti/review': () => ({ ...work, mayCorrect: false }),
  })

  expect(textIn(element)).toContain('Your work')
  expect(element.renderRoot.querySelector('button')).toBeNull()
})

it('says when nothing was handed in, and when it cannot be shown', async () => {
  const { element } = await open({ 'GET /api/v1/lti/review': () => ({ ...work, attempts: [] }) })
  expect(textIn(element)).toContain('Nothing handed in yet')

  const { element: broken } = await open({
    'GET /api/v1/lti/review': () => problem(503, 'service_unavailable', 'busy'),
  })
  expect(textIn(broken)).toContain('Try again')
  await expectAccessible()
})
