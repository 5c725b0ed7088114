import { describe, expect, it } from 'vitest'
import type { CourseResults } from '../../shared/api/lti-results.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi, networkFailure } from '../core/testing/fake-api.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { CourseResultsElement } from './edpsych-course-results.ts'

const results: CourseResults = {
  course: { contextId: 'c1', title: 'Year 5' },
  items: [
    { id: 'itm_1', title: 'Halves', maxScore: 4 },
    { id: 'itm_2', title: null, maxScore: 2 },
  ],
  learners: [
    {
      userId: 'u1',
      name: 'Ada Okafor',
      results: [
        { itemId: 'itm_1', score: 2.5, maxScore: 4, submittedAt: '2026-11-23T09:00:00.000Z' },
      ],
    },
    { userId: 'u2', name: null, results: [] },
  ],
  hasMembers: true,
  isWhole: true,
}

async function open(answer: () => unknown, courseId = ''): Promise<CourseResultsElement> {
  const { client } = fakeApi({
    'GET /api/v1/lti/dashboards/course-results': answer,
    'GET /api/v1/lti/courses/crs_1/results': answer,
  })
  const element = await show(CourseResultsElement, { client, courseId })
  await expect.poll(() => textIn(element)).not.toContain('Reading')
  return element
}

const cells = (element: CourseResultsElement) =>
  [...element.renderRoot.querySelectorAll('tr')].map((row) =>
    [...row.children].map((cell) => cell.textContent?.trim()),
  )

describe('course results', () => {
  it.each(['', 'crs_1'])('are a table that axe has nothing against (course “%s”)', async (id) => {
    const element = await open(() => results, id)

    expect(cells(element)).toEqual([
      ['Learner', 'Halves', 'Deleted assessment'],
      ['Ada Okafor', '2.5 / 4', 'Not submitted'],
      ['Learner 2', 'Not submitted', 'Not submitted'],
      ['Submitted', '1 of 2 learners', '0 of 2 learners'],
    ])
    await expectAccessible()
  })

  it('can be scrolled sideways with the keyboard', async () => {
    await open(() => results)

    await press('Tab')

    expect(focused()?.getAttribute('role')).toBe('region')
  })

  it('say why learners have no names, and what there is where nobody has submitted', async () => {
    const nobody = { ...results, items: [], learners: [], hasMembers: false, isWhole: false }

    const element = await open(() => nobody)

    expect(textIn(element)).toContain('can allow “Names and Roles”')
    expect(textIn(element)).toContain('No results yet')
    expect(textIn(element)).toContain('more results than are shown')
    await expectAccessible()
  })

  it('come at the second try when the network was gone at the first', async () => {
    let tries = 0
    const element = await open(() => (++tries === 1 ? networkFailure() : results))

    await tabTo('Try again')
    await press('Enter')

    await expect.poll(() => textIn(element)).toContain('Ada Okafor')
  })
})
