import { describe, expect, it } from 'vitest'
import type { LearningPath, OwnProgress } from '../../shared/api/paths.ts'
import { AttemptSubmitEvent } from '../core/events.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { type FakeApi, fakeApi, networkFailure, problem } from '../core/testing/fake-api.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { guidance } from '../core/testing/resource-fixtures.ts'
import { deepTextIn, show, textIn } from '../core/testing/show.ts'
import { waterCycle } from '../edpsych-assessment/fixtures.ts'
import { PathElement } from './edpsych-path.ts'

const at = '2026-11-23T09:00:00.000Z'
const path: LearningPath = {
  id: 'pth_1',
  name: 'Working memory, step by step',
  description: 'Read, then answer.',
  steps: [
    { id: 'step_1', kind: 'resource', targetId: 'res_1', title: 'Read first', maxScore: null },
    { id: 'step_2', kind: 'item', targetId: 'itm_1', title: 'The water cycle', maxScore: 4 },
    { id: 'step_3', kind: 'resource', targetId: 'res_gone', title: null, maxScore: null },
  ],
  launchUrl: 'https://connect.example/lti/paths/pth_1',
  createdAt: at,
  updatedAt: at,
}

function server(more: Parameters<typeof fakeApi>[0] = {}): FakeApi {
  const done: OwnProgress['steps'] = []
  return fakeApi({
    'GET /api/v1/learning-paths/*': () => path,
    'GET /api/v1/learning-paths/*/my-progress': () => ({ steps: done }),
    'POST /api/v1/learning-paths/*/my-progress': () => {
      done.push({ stepId: 'step_1', doneAt: at, score: null, maxScore: null })
      return { steps: done }
    },
    'GET /api/v1/resources/*': () => guidance,
    'GET /api/v1/items/*/preview': () => waterCycle,
    'POST /api/v1/attempts': () => ({ id: 'att_1', item: waterCycle }),
    ...more,
  })
}

async function open(
  { client }: FakeApi,
  properties: Partial<PathElement> = {},
): Promise<PathElement> {
  const element = await show(PathElement, { client, pathId: 'pth_1', ...properties })
  await expect.poll(() => textIn(element)).not.toContain('Opening')
  return element
}

describe('a learning path', () => {
  it('has nothing that axe objects to, with its steps and with one of them', async () => {
    const element = await open(server())
    expect(textIn(element)).toContain('0 of 3 steps done')
    await expectAccessible()

    await tabTo('The water cycle')
    await press('Enter')
    await expect.poll(() => deepTextIn(element)).toContain('What is water vapour?')
    await expectAccessible()
  })

  it('is walked through with the keyboard alone, and comes back to the step it left', async () => {
    const api = server()
    const element = await open(api)

    await tabTo('Read first')
    await press('Enter')
    await expect.poll(() => focused()?.textContent).toContain('Step 1 of 3')
    await expect.poll(() => deepTextIn(element)).toContain('Supporting working memory')
    await tabTo('Next step')
    await press('Enter')
    await expect.poll(() => focused()?.textContent).toContain('Step 2 of 3')
    await tabTo('Back to the steps')
    await press('Enter')

    await expect.poll(() => focused()?.getAttribute('data-step')).toBe('step_2')
    expect(textIn(element)).toContain('1 of 3 steps done')
    const noted = api.calls.filter(({ route }) => route.startsWith('POST /api/v1/learning-paths'))
    expect(noted.map(({ body }) => body)).toEqual([{ stepId: 'step_1' }])
  })

  it('ticks a step when its assessment is submitted', async () => {
    const element = await open(server())
    await tabTo('The water cycle')
    await press('Enter')
    await expect.poll(() => element.renderRoot.querySelector('edpsych-assessment')).not.toBeNull()

    element.renderRoot
      .querySelector('edpsych-assessment')
      ?.dispatchEvent(
        new AttemptSubmitEvent({ attemptId: 'att_1', itemId: 'itm_1', score: 3, maxScore: 4 }),
      )
    await tabTo('Back to the steps')
    await press('Enter')

    await expect.poll(() => textIn(element)).toContain('Done: 3 of 4 marks')
  })

  it('is only looked at by a teacher: no attempt, no progress', async () => {
    const api = server()
    const element = await open(api, { preview: true })
    expect(textIn(element)).toContain('Nothing that you do here counts')

    await tabTo('The water cycle')
    await press('Enter')
    await expect.poll(() => deepTextIn(element)).toContain('Preview:')
    await tabTo('Back to the steps')
    await press('Enter')
    await tabTo('Read first')
    await press('Enter')
    await expect.poll(() => deepTextIn(element)).toContain('Supporting working memory')

    const routes = api.calls.map(({ route }) => route)
    expect(routes.filter((route) => route.startsWith('POST'))).toEqual([])
    expect(routes.some((route) => route.endsWith('/my-progress'))).toBe(false)
  })

  it('says which step was deleted', async () => {
    const element = await open(server())
    await tabTo('No longer available')
    await press('Enter')

    await expect.poll(() => textIn(element)).toContain('Go on with another one.')
  })

  it('opens at the second try when the network was gone at the first', async () => {
    let tries = 0
    const element = await open(
      server({ 'GET /api/v1/learning-paths/*': () => (++tries === 1 ? networkFailure() : path) }),
    )
    await expectAccessible()

    await tabTo('Try again')
    await press('Enter')

    await expect.poll(() => textIn(element)).toContain(path.name)
  })

  it('says that it no longer exists', async () => {
    const element = await open(
      server({ 'GET /api/v1/learning-paths/*': () => problem(404, 'not_found', 'gone') }),
    )

    expect(textIn(element)).toContain('no longer exists')
  })
})
