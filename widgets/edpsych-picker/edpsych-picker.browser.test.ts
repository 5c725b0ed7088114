import { describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { PlacedChoice } from '../../shared/api/lti.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { type Call, fakeApi, networkFailure } from '../core/testing/fake-api.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { guidance, numberLine } from '../core/testing/resource-fixtures.ts'
import { show, textIn } from '../core/testing/show.ts'
import { waterCycle } from '../edpsych-assessment/fixtures.ts'
import { PickerElement } from './edpsych-picker.ts'

const at = '2026-11-23T09:00:00.000Z'

function item(id: string, title: string) {
  return {
    id,
    identifier: id,
    title,
    language: 'en-GB',
    interactions: ['choice', 'text-entry'],
    maxScore: 3,
    source: { file: `${id}.xml`, importId: 'imp_1' },
    launchUrl: `https://connect.example/lti/items/${id}`,
    createdAt: at,
    updatedAt: at,
  }
}

const first = [item('itm_1', 'Fractions'), item('itm_2', 'Decimals')]
const second = [item('itm_3', 'Percentages')]

function library({ url }: Call) {
  const words = url.searchParams.get('q')
  if (words !== null) {
    const data = [...first, ...second].filter(({ title }) => title.toLowerCase().includes(words))
    return { data, nextCursor: null }
  }
  return url.searchParams.has('cursor')
    ? { data: second, nextCursor: null }
    : { data: first, nextCursor: 'page-2' }
}

function server(more: Parameters<typeof fakeApi>[0] = {}) {
  return fakeApi({
    'GET /api/v1/items': library,
    'GET /api/v1/resources': () => ({ data: [guidance, numberLine], nextCursor: null }),
    'GET /api/v1/items/*/preview': () => waterCycle,
    'GET /api/v1/resources/res_1': () => guidance,
    ...more,
  })
}

async function open(properties: Partial<PickerElement> = {}): Promise<PickerElement> {
  const element = await show(PickerElement, { client: server().client, ...properties })
  await expect.poll(() => element.renderRoot.querySelector('.loading')).toBeNull()
  return element
}

function listen(): { picked: PlacedChoice[][]; cancelled: number } {
  const heard = { picked: [] as PlacedChoice[][], cancelled: 0 }
  document.body.addEventListener('edpsych-pick', ({ choices }) => heard.picked.push([...choices]))
  document.body.addEventListener('edpsych-cancel', () => {
    heard.cancelled += 1
  })
  return heard
}

const titles = (element: PickerElement) =>
  [...element.renderRoot.querySelectorAll('.choices strong')].map((node) => node.textContent)

describe('accessibility', () => {
  it('has nothing that axe objects to, with a list, a preview and no result', async () => {
    const element = await open({ multiple: true })
    await expectAccessible()

    element.renderRoot.querySelector<HTMLElement>('[data-id=itm_1] button')?.click()
    await expect.poll(() => element.renderRoot.querySelector('edpsych-assessment')).not.toBeNull()
    await expectAccessible()

    element.renderRoot.querySelector<HTMLElement>('.pane-head button')?.click()
    await element.updateComplete
    await userEvent.type(element.renderRoot.querySelector('#words') ?? element, 'zebra')
    await expect.poll(() => textIn(element)).toContain('Nothing matches “zebra”')
    await expectAccessible()
  })

  it('fits 320 pixels', async () => {
    const element = await open()
    element.style.width = '300px'

    expect(element.scrollWidth).toBeLessThanOrEqual(300)
  })
})

describe('with the keyboard alone', () => {
  it('searches, chooses several and adds them in the order chosen', async () => {
    const heard = listen()
    const element = await open({ multiple: true })

    await tabTo('Search')
    await userEvent.keyboard('e')
    await expect.poll(() => titles(element)).toEqual(['Decimals', 'Percentages'])
    await tabTo('Percentages')
    await press('Space')
    await userEvent.keyboard('{Shift>}{Tab}{Tab}{/Shift}')
    await press('Space')
    await tabTo('Add to the course')
    await press('Enter')

    expect(heard.picked).toEqual([
      [
        { kind: 'item', id: 'itm_3' },
        { kind: 'item', id: 'itm_2' },
      ],
    ])
  })

  it('chooses one of many with the arrow keys where only one is wanted', async () => {
    const heard = listen()
    await open()

    await tabTo('Fractions')
    await press('Space', 'ArrowDown')
    await tabTo('Add to the course')
    await press('Enter')

    expect(heard.picked).toEqual([[{ kind: 'item', id: 'itm_2' }]])
  })

  it('looks at a title and comes back to where it was', async () => {
    const element = await open()
    await tabTo('Preview “Decimals”')

    await press('Enter')
    await expect.poll(() => focused()?.id).toBe('pane-title')
    await expect
      .poll(() => element.renderRoot.querySelector('edpsych-assessment')?.renderRoot.textContent)
      .toContain('The water cycle')
    await tabTo('Close preview')
    await press('Enter')

    await expect.poll(() => focused()?.getAttribute('aria-label')).toBe('Preview “Decimals”')
  })

  it('cancels', async () => {
    const heard = listen()
    await open()

    await tabTo('Cancel')
    await press('Enter')

    expect(heard.cancelled).toBe(1)
  })
})

describe('choosing', () => {
  it('keeps what was chosen while looking among the other kind', async () => {
    const heard = listen()
    const element = await open({ multiple: true })
    element.renderRoot.querySelector<HTMLElement>('[data-id=itm_1] input')?.click()

    element.renderRoot.querySelector<HTMLElement>('input[value=resource]')?.click()
    await expect.poll(() => titles(element)).toEqual([guidance.name, numberLine.name])
    element.renderRoot.querySelector<HTMLElement>('[data-id=res_2] input')?.click()
    await element.updateComplete
    expect(textIn(element)).toContain('2 chosen')
    element.renderRoot.querySelector<HTMLElement>('.bar .button:last-child')?.click()

    expect(heard.picked).toEqual([
      [
        { kind: 'item', id: 'itm_1' },
        { kind: 'resource', id: 'res_2' },
      ],
    ])
  })

  it('asks for a choice before it adds anything', async () => {
    const heard = listen()
    const element = await open()

    element.renderRoot.querySelector<HTMLElement>('.bar .button:last-child')?.click()
    await element.updateComplete

    expect(textIn(element)).toContain('Choose at least one title first.')
    expect(heard.picked).toEqual([])
  })

  it('adds nothing twice while the page is busy, and shows why it failed', async () => {
    const heard = listen()
    const element = await open()
    element.renderRoot.querySelector<HTMLElement>('[data-id=itm_1] input')?.click()
    const failure = { sentence: 'It failed.', code: 'x', requestId: 'req_9', canRetry: false }

    Object.assign(element, { busy: true, failure })
    await element.updateComplete
    element.renderRoot.querySelector<HTMLElement>('.bar .button:last-child')?.click()

    expect(heard.picked).toEqual([])
    expect(textIn(element)).toContain('It failed. Reference: req_9')
  })
})

describe('learning paths and dashboards', () => {
  const kinds = ['item', 'resource', 'path', 'dashboard'] as const
  const path = {
    id: 'pth_1',
    name: 'Step by step',
    description: '',
    steps: [
      { id: 'step_1', kind: 'resource', targetId: 'res_1', title: 'Read first', maxScore: null },
    ],
  }
  const paths = {
    'GET /api/v1/learning-paths': () => ({ data: [path], nextCursor: null }),
    'GET /api/v1/learning-paths/*': () => path,
  }

  it('are chosen like everything else, after a look at them', async () => {
    const heard = listen()
    const element = await open({ client: server(paths).client, kinds, multiple: true })

    element.renderRoot.querySelector<HTMLElement>('input[value=path]')?.click()
    await expect.poll(() => titles(element)).toEqual(['Step by step'])
    expect(textIn(element)).toContain('1 step')
    await tabTo('Preview “Step by step”')
    await press('Enter')
    await expect
      .poll(() => element.renderRoot.querySelector('edpsych-path')?.renderRoot.textContent)
      .toContain('Read first')
    await expectAccessible()
    element.renderRoot.querySelector<HTMLElement>('[data-id=pth_1] input')?.click()
    element.renderRoot.querySelector<HTMLElement>('input[value=dashboard]')?.click()
    await expect.poll(() => titles(element)).toEqual(['Course results'])
    element.renderRoot.querySelector<HTMLElement>('[data-id=course-results] input')?.click()
    await element.updateComplete
    element.renderRoot.querySelector<HTMLElement>('.bar .button:last-child')?.click()

    expect(heard.picked).toEqual([
      [
        { kind: 'path', id: 'pth_1' },
        { kind: 'dashboard', id: 'course-results' },
      ],
    ])
  })

  it('fit 320 pixels beside the other kinds, and say where there are none', async () => {
    const none = { 'GET /api/v1/learning-paths': () => ({ data: [], nextCursor: null }) }
    const element = await open({ client: server(none).client, kinds })
    element.style.width = '300px'
    expect(element.scrollWidth).toBeLessThanOrEqual(300)

    element.renderRoot.querySelector<HTMLElement>('input[value=path]')?.click()

    await expect.poll(() => textIn(element)).toContain('No learning paths yet')
  })
})

describe('dates and points', () => {
  const accepted = { lineItem: true, targets: ['iframe', 'window'] }
  const iso = (local: string) => new Date(local).toISOString()

  async function fill(label: string, value: string): Promise<void> {
    const input = await tabTo(label)
    await userEvent.fill(input, value)
  }

  it('are filled in with the keyboard and go along with the choice', async () => {
    const heard = listen()
    const element = await open({ accepted })
    await tabTo('Fractions')
    await press('Space')

    await tabTo('Dates and points')
    await press('Enter')
    await expect.poll(() => focused()?.id).toBe('placement-title')
    await expectAccessible()
    await fill('Title in the course', 'Homework 3')
    await fill('Points in the gradebook', '20')
    await fill('Can be opened from', '2026-11-30T08:00')
    await fill('Answers are due', '2026-12-04T16:00')
    element.renderRoot.querySelector<HTMLElement>('.bar .button:last-child')?.click()

    expect(heard.picked).toEqual([
      [
        {
          kind: 'item',
          id: 'itm_1',
          title: 'Homework 3',
          lineItem: { scoreMaximum: 20 },
          available: { startDateTime: iso('2026-11-30T08:00'), endDateTime: null },
          submission: {
            startDateTime: iso('2026-11-30T08:00'),
            endDateTime: iso('2026-12-04T16:00'),
          },
        },
      ],
    ])
  })

  it('are not asked for twice, nor in the wrong order of time', async () => {
    const heard = listen()
    const element = await open({ accepted })
    await tabTo('Fractions')
    await press('Space')
    await tabTo('Dates and points')
    await press('Enter')
    await expect.poll(() => focused()?.id).toBe('placement-title')
    expect(element.renderRoot.querySelectorAll('.actions button')).toHaveLength(2)

    await fill('Can be opened from', '2026-12-30T08:00')
    await fill('Can be opened until', '2026-12-04T16:00')
    element.renderRoot.querySelector<HTMLElement>('.bar .button:last-child')?.click()

    expect(heard.picked).toEqual([])
    const wrong = focused()
    expect(wrong instanceof HTMLInputElement && wrong.validationMessage).toContain(
      'before the time',
    )
  })

  it('stay with what they were filled in for', async () => {
    const heard = listen()
    const element = await open({ accepted, multiple: true })
    const choose = (id: string) =>
      element.renderRoot.querySelector<HTMLElement>(`[data-id=${id}] input`)?.click()
    choose('itm_1')
    choose('itm_2')
    await element.updateComplete
    await tabTo('Dates and points')
    await press('Enter')
    await expect.poll(() => focused()?.id).toBe('placement-title')
    const form = element.renderRoot.querySelector('edpsych-placement-form')
    const second = form?.renderRoot.querySelector<HTMLInputElement>('#title-item-itm_2')
    await userEvent.fill(second ?? element, 'Second')

    choose('itm_1')
    await element.updateComplete
    await form?.updateComplete
    element.renderRoot.querySelector<HTMLElement>('.bar .button:last-child')?.click()

    expect(heard.picked).toEqual([[{ kind: 'item', id: 'itm_2', title: 'Second' }]])
  })

  it('are asked for only as far as the LMS takes them', async () => {
    const plain = await open()
    plain.renderRoot.querySelector<HTMLElement>('[data-id=itm_1] input')?.click()
    await plain.updateComplete
    expect(textIn(plain)).not.toContain('Dates and points')

    const element = await open({ accepted: { lineItem: false, targets: ['iframe'] } })
    element.renderRoot.querySelector<HTMLElement>('[data-id=itm_1] input')?.click()
    await element.updateComplete
    await tabTo('Dates and points')
    await press('Enter')
    await expect.poll(() => focused()?.id).toBe('placement-title')

    const form = element.renderRoot.querySelector('edpsych-placement-form')
    expect(form && textIn(form)).not.toMatch(/Points|due|new window/)
  })
})

describe('states', () => {
  it('says that it is searching', async () => {
    const slow = server({ 'GET /api/v1/items': () => new Promise(() => undefined) })

    const element = await show(PickerElement, { client: slow.client })
    await element.updateComplete

    expect(textIn(element)).toContain('Searching')
  })

  it('shows further pages and puts the reader at the first new title', async () => {
    const element = await open()
    expect(titles(element)).toEqual(['Fractions', 'Decimals'])

    await tabTo('Show more')
    await press('Enter')

    await expect.poll(() => titles(element)).toEqual(['Fractions', 'Decimals', 'Percentages'])
    await expect.poll(() => focused()?.closest('li')?.dataset['id']).toBe('itm_3')
  })

  it('waits until the typing pauses and asks once', async () => {
    const { client, calls } = server()
    const element = await open({ client })

    await userEvent.type(element.renderRoot.querySelector('#words') ?? element, 'frac')
    await expect.poll(() => titles(element)).toEqual(['Fractions'])

    const asked = calls.map(({ url }) => url.searchParams.get('q')).filter((q) => q !== null)
    expect(asked).toEqual(['frac'])
  })

  it('forgets a slow answer to an older question', async () => {
    const pending: (() => void)[] = []
    const { client } = server({
      'GET /api/v1/items': (call) =>
        call.url.searchParams.get('q') === 'slow'
          ? new Promise((resolve) =>
              pending.push(() => resolve({ data: second, nextCursor: null })),
            )
          : library(call),
    })
    const element = await open({ client })
    const field = element.renderRoot.querySelector('#words') ?? element

    await userEvent.fill(field, 'slow')
    await expect.poll(() => pending.length).toBe(1)
    await userEvent.fill(field, 'dec')
    await expect.poll(() => titles(element)).toEqual(['Decimals'])
    pending[0]?.()
    await new Promise((resolve) => setTimeout(resolve, 50))

    expect(titles(element)).toEqual(['Decimals'])
  })

  it('says what to do where there is nothing to choose yet', async () => {
    const empty = server({ 'GET /api/v1/items': () => ({ data: [], nextCursor: null }) })

    const element = await open({ client: empty.client })

    expect(textIn(element)).toContain('No assessments yet')
    expect(textIn(element)).toContain('can import some')
  })

  it('finds the list at the second try', async () => {
    let tries = 0
    const { client } = server({
      'GET /api/v1/items': (call) => (++tries === 1 ? networkFailure() : library(call)),
    })
    const element = await open({ client })
    await expect.poll(() => textIn(element)).toContain('cannot be reached')
    await expectAccessible()

    element.renderRoot.querySelector<HTMLElement>('.list [role=alert] button')?.click()

    await expect.poll(() => titles(element)).toEqual(['Fractions', 'Decimals'])
  })
})
