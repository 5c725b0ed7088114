import { afterEach, describe, expect, it } from 'vitest'
import type { Launch } from '../../shared/lti.ts'
import { addCatalogue, useLocale } from '../core/localization.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { type FakeApi, fakeApi, networkFailure, problem } from '../core/testing/fake-api.ts'
import { press, tabTo } from '../core/testing/keyboard.ts'
import { guidance } from '../core/testing/resource-fixtures.ts'
import { deepTextIn, show, textIn } from '../core/testing/show.ts'
import { waterCycle } from '../edpsych-assessment/fixtures.ts'
import { LtiAppElement } from './lti-app.ts'

const launch: Launch = {
  messageType: 'LtiResourceLinkRequest',
  user: { id: 'u1', roles: ['learner'] },
  target: { kind: 'item', id: 'itm_1' },
  context: { id: 'c1' },
  resourceLink: { id: 'rl1' },
  lineItem: { present: true },
  deepLinking: null,
  platformOrigin: null,
  locale: 'en-GB',
  returnUrl: null,
}
const instructor: Launch['user'] = { id: 'u2', roles: ['instructor'] }
const chooser: Launch = {
  ...launch,
  user: instructor,
  target: { kind: 'chooser', id: null },
}
const deepLink: Launch = {
  ...chooser,
  messageType: 'LtiDeepLinkingRequest',
  deepLinking: { acceptMultiple: true, acceptTypes: ['ltiResourceLink'], acceptLineItem: true },
}
const at = '2026-11-23T09:00:00.000Z'
const item = {
  id: 'itm_1',
  title: 'The water cycle',
  interactions: ['choice'],
  maxScore: 4,
  createdAt: at,
  updatedAt: at,
}

function server(given: Launch, more: Parameters<typeof fakeApi>[0] = {}): FakeApi {
  return fakeApi({
    'POST /lti/session': () => ({
      token: 't0ken',
      expiresAt: '2099-01-01T00:00:00Z',
      launch: given,
    }),
    'POST /api/v1/attempts': () => ({ id: 'att_1', item: waterCycle }),
    'GET /api/v1/items': () => ({ data: [item], nextCursor: null }),
    'GET /api/v1/items/*/preview': () => waterCycle,
    'GET /api/v1/resources/*': () => guidance,
    'POST /api/v1/lti/resource-link': ({ body }) => body,
    'POST /api/v1/lti/deep-linking': () => ({
      returnUrl: 'https://lms.example/return',
      jwt: 'a.b.c',
    }),
    ...more,
  })
}

/** What is seen, through the elements inside. */
function seen(element: LtiAppElement): string {
  const inner = element.renderRoot.querySelectorAll(
    'edpsych-assessment, edpsych-resource, edpsych-picker',
  )
  return [textIn(element), ...[...inner].map((part) => textIn(part as LtiAppElement))].join(' ')
}

async function open(
  { fetch }: FakeApi,
  properties: Partial<LtiAppElement> = {},
): Promise<LtiAppElement> {
  const element = await show(LtiAppElement, {
    fetch,
    entrance: { code: 'c0de', key: 'test' },
    ...properties,
  })
  await expect.poll(() => seen(element)).not.toMatch(/Opening|Searching/)
  return element
}

afterEach(() => sessionStorage.clear())

it('speaks the language of the launch, in every part', async () => {
  addCatalogue('cy', async () => ({ templates: { 'choose-one': 'Dewiswch un ateb.' } }))

  const element = await open(server({ ...launch, locale: 'cy' }))

  await expect.poll(() => seen(element)).toContain('Dewiswch un ateb.')
  expect(document.documentElement.lang).toBe('cy')
  await useLocale('en')
})

describe('a learner', () => {
  it('gets the item, asked for with the token of the launch', async () => {
    const api = server(launch)

    const element = await open(api)

    await expect.poll(() => seen(element)).toContain('What is water vapour?')
    const attempt = api.calls.find(({ route }) => route === 'POST /api/v1/attempts')
    expect(attempt?.headers.get('authorization')).toBe('Bearer t0ken')
    expect(attempt?.body).toEqual({ itemId: 'itm_1' })
    await expectAccessible()
  })

  it('gets the resource', async () => {
    const element = await open(server({ ...launch, target: { kind: 'resource', id: 'res_1' } }))

    await expect.poll(() => seen(element)).toContain('Supporting working memory')
    await expectAccessible()
  })

  it('meets a friendly page where nothing is chosen', async () => {
    const element = await open(server({ ...launch, target: { kind: 'none', id: null } }))

    expect(seen(element)).toContain('Your teacher has not chosen an activity')
    await expectAccessible()
  })

  it('is led back to the course, which hears why nothing was shown', async () => {
    const element = await open(
      server({
        ...launch,
        target: { kind: 'none', id: null },
        returnUrl: 'https://lms.example/return?course=2',
      }),
    )

    const link = element.renderRoot.querySelector<HTMLAnchorElement>('.way-back a')
    expect(link?.textContent).toBe('Back to your course')
    expect(link?.href).toBe('https://lms.example/return?course=2&lti_errormsg=Nothing+here+yet')
    await expectAccessible()
  })

  it('is told what to do when the code was used already', async () => {
    const element = await open(
      server(launch, { 'POST /lti/session': () => problem(401, 'lti_code_used', 'used') }),
    )

    expect(seen(element)).toContain('open it again from your course')
    expect(seen(element)).toContain('Reference: req_test')
    await expectAccessible()
  })

  it('gets in at the second try when the network was gone at the first', async () => {
    let tries = 0
    const api = server(launch, {
      'POST /lti/session': () =>
        ++tries === 1
          ? networkFailure()
          : { token: 't', expiresAt: '2099-01-01T00:00:00Z', launch },
    })
    const element = await open(api)

    await tabTo('Try again')
    await press('Enter')

    await expect.poll(() => seen(element)).toContain('What is water vapour?')
  })

  it('is asked to open it from the course where there is no launch at all', async () => {
    const element = await open(server(launch), { entrance: { code: undefined, key: 'none' } })

    expect(seen(element)).toContain('Open this from your course')
  })
})

it('tells somebody without a role whom to ask', async () => {
  const user = { id: 'u3', roles: [] }

  const element = await open(server({ ...launch, user, target: { kind: 'none', id: null } }))

  expect(seen(element)).toContain('Ask your teacher or the administrator of your LMS')
})

describe('a teacher', () => {
  it('sees an item without starting an attempt, tries it as a learner, and comes back', async () => {
    const api = server({ ...launch, user: instructor })
    const element = await open(api)
    await expect.poll(() => seen(element)).toContain('Preview:')
    expect(seen(element)).toContain('their scores go to your gradebook')
    expect(api.calls.some(({ route }) => route === 'POST /api/v1/attempts')).toBe(false)
    await expectAccessible()

    await tabTo('Try it as a learner (no grade is sent)')
    await press('Enter')
    await expect.poll(() => seen(element)).toContain('Check my answers')
    expect(seen(element)).toContain('No grade is sent.')

    await press('Enter')
    await expect.poll(() => seen(element)).toContain('Preview:')
  })

  it('hears that no scores are sent where the link has no place in the gradebook', async () => {
    const element = await open(
      server({ ...launch, user: instructor, lineItem: { present: false } }),
    )

    expect(seen(element)).toContain('no scores are sent')
  })

  it.each([
    [{ of: 'course', from: 'Year 5' } as const, 'This course is a copy of “Year 5”'],
    [{ of: 'course', from: null } as const, 'This course is a copy.'],
    [{ of: 'link', from: null } as const, 'This activity is a copy.'],
  ])('is told that it is a copy: %j', async (copy, sentence) => {
    const element = await open(
      server({ ...launch, user: instructor, copy, target: { kind: 'resource', id: 'res_1' } }),
    )

    await expect.poll(() => seen(element)).toContain('Supporting working memory')
    expect(seen(element)).toContain(sentence)
    await expectAccessible()
  })

  it('sees a path without making progress, and the results of the course', async () => {
    const path = {
      id: 'pth_1',
      name: 'Step by step',
      description: '',
      steps: [{ id: 's', kind: 'resource', targetId: 'res_1', title: 'Read', maxScore: null }],
    }
    const results = {
      course: { contextId: 'c1', title: 'Year 5' },
      items: [],
      learners: [],
      hasMembers: true,
      isWhole: true,
    }
    const more = {
      'GET /api/v1/learning-paths/*': () => path,
      'GET /api/v1/lti/dashboards/course-results': () => results,
    }
    const asTeacher = { ...launch, user: instructor }
    await open(server({ ...asTeacher, target: { kind: 'path', id: 'pth_1' } }, more))
    await expect
      .poll(() => deepTextIn(document.body))
      .toContain('Nothing that you do here counts as progress.')
    await expectAccessible()

    const target = { kind: 'dashboard', id: 'course-results' } as const
    await open(server({ ...asTeacher, target }, more))
    await expect.poll(() => deepTextIn(document.body)).toContain('Course results: Year 5')
    await expectAccessible()

    await open(server({ ...launch, target }, more))
    await expect.poll(() => deepTextIn(document.body)).toContain('This page is for teachers')
  })

  it('chooses at the front door what the link opens from now on', async () => {
    const api = server(chooser)
    const element = await open(api)

    await tabTo('The water cycle')
    await press('Space')
    await tabTo('Add to the course')
    await press('Enter')

    await expect.poll(() => seen(element)).toContain('Saved. Everyone who opens this link')
    await expect.poll(() => seen(element)).toContain('What is water vapour?')
    const choice = api.calls.find(({ route }) => route === 'POST /api/v1/lti/resource-link')
    expect(choice?.body).toEqual({ kind: 'item', id: 'itm_1' })
    await expectAccessible()
  })

  it('can change a mind at the front door', async () => {
    const element = await open(server(chooser))

    await tabTo('Cancel')
    await press('Enter')
    await expect.poll(() => seen(element)).toContain('Nothing was chosen')
    await press('Enter')

    await expect.poll(() => seen(element)).toContain('Choose what to add')
  })

  it('brings what was picked back to the LMS', async () => {
    const left: object[] = []
    const api = server(deepLink)
    const element = await open(api, { leave: (answer) => left.push(answer) })

    await tabTo('The water cycle')
    await press('Space')
    await tabTo('Add to the course')
    await press('Enter')

    await expect
      .poll(() => left)
      .toEqual([{ returnUrl: 'https://lms.example/return', jwt: 'a.b.c' }])
    expect(api.calls.find(({ route }) => route === 'POST /api/v1/lti/deep-linking')?.body).toEqual({
      choices: [{ kind: 'item', id: 'itm_1' }],
    })
    expect(seen(element)).toContain('Going back to your course')
  })

  it('answers a cancelled deep-linking request with nothing', async () => {
    const left: object[] = []
    const api = server(deepLink)
    await open(api, { leave: (answer) => left.push(answer) })

    await tabTo('Cancel')
    await press('Enter')

    await expect.poll(() => left).toHaveLength(1)
    expect(api.calls.find(({ route }) => route.endsWith('/deep-linking'))?.body).toEqual({
      choices: [],
    })
  })

  it('keeps the choice when the answer fails, and shows the reference', async () => {
    const api = server(deepLink, {
      'POST /api/v1/lti/deep-linking': () => problem(500, 'internal', 'secret detail'),
    })
    const element = await open(api)

    await tabTo('The water cycle')
    await press('Space')
    await tabTo('Add to the course')
    await press('Enter')

    await expect.poll(() => seen(element)).toContain('Reference: req_test')
    expect(seen(element)).not.toContain('secret detail')
    expect(seen(element)).toContain('1 chosen')
    await expectAccessible()
  })

  it('hears that the LMS takes no links at this place', async () => {
    const deepLinking = { acceptMultiple: false, acceptTypes: ['file'], acceptLineItem: false }

    const element = await open(server({ ...deepLink, deepLinking }))

    expect(seen(element)).toContain('Your LMS takes no activities at this place')
  })
})

const results = {
  title: 'The water cycle',
  hasColumn: true,
  hasMembers: true,
  isWhole: true,
  results: [],
}

describe('results of a class', () => {
  it('are reached, and left, by keyboard', async () => {
    const element = await open(
      server({ ...launch, user: instructor }, { 'GET /api/v1/lti/class-results': () => results }),
    )

    await tabTo('See the results of your class')
    await press('Enter')
    await expect
      .poll(
        () => element.renderRoot.querySelector('edpsych-class-results')?.shadowRoot?.textContent,
      )
      .toContain('No results yet')
    await expectAccessible()
    await tabTo('Back to the teacher')
    await press('Enter')

    await expect.poll(() => seen(element)).toContain('See the results of your class')
  })

  it('of one learner are the review that the LMS asked for', async () => {
    const element = await open(
      server(
        { ...launch, user: instructor, target: { kind: 'review', id: 'itm_1' } },
        {
          'GET /api/v1/lti/review': () => ({
            title: 'The water cycle',
            learner: { userId: 'bob', name: null },
            mayCorrect: true,
            attempts: [],
          }),
        },
      ),
    )

    await expect
      .poll(() => element.renderRoot.querySelector('edpsych-review')?.shadowRoot?.textContent)
      .toContain('Nothing handed in yet')
  })
})
