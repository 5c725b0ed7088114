import { afterEach, describe, expect, it } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { DeliveryItem } from '../../shared/qti/delivery.ts'
import type { AttemptSubmitEvent } from '../core/events.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { fakeApi, networkFailure, problem } from '../core/testing/fake-api.ts'
import { focused, press, tabTo } from '../core/testing/keyboard.ts'
import { show, textIn } from '../core/testing/show.ts'
import { AssessmentElement } from './edpsych-assessment.ts'
import { waterCycle } from './fixtures.ts'

const attempt = (gradePassback: string) => ({ id: 'att_1', gradePassback })

function server(more: Parameters<typeof fakeApi>[0] = {}) {
  return fakeApi({
    'POST /api/v1/attempts': () => ({ id: 'att_1', item: waterCycle }),
    'POST /api/v1/attempts/att_1/submit': () => ({ score: 2.5, maxScore: 4 }),
    'GET /api/v1/attempts/att_1': () => attempt('sent'),
    'GET /api/v1/items/*/preview': () => waterCycle,
    ...more,
  })
}

async function open(properties: Partial<AssessmentElement>): Promise<AssessmentElement> {
  const element = await show(AssessmentElement, { itemId: 'itm_1', ...properties })
  await expect.poll(() => element.renderRoot.querySelector('form, [role=alert]')).not.toBeNull()
  return element
}

function button(element: AssessmentElement, text: string): HTMLButtonElement {
  for (const candidate of element.renderRoot.querySelectorAll('button')) {
    if (candidate.textContent.includes(text) && candidate.checkVisibility()) return candidate
  }
  throw new Error(`there is no button “${text}”`)
}

async function click(element: AssessmentElement, text: string): Promise<void> {
  button(element, text).click()
  await element.updateComplete
}

function check(element: AssessmentElement, ...ids: string[]): void {
  for (const id of ids) element.renderRoot.querySelector<HTMLElement>(`[value=${id}]`)?.click()
}

afterEach(() => sessionStorage.clear())

describe('accessibility', () => {
  it('has nothing that axe objects to, in any phase', async () => {
    const element = await open({ client: server().client })
    await expectAccessible()

    check(element, 'd1')
    await click(element, 'Check my answers')
    await expectAccessible()

    await click(element, 'Send my answers')
    await expect.poll(() => textIn(element)).toContain('2.5 out of 4')
    await expectAccessible()
  })

  it('names each question by its prompt and each gap by its sentence', async () => {
    const element = await open({ client: server().client })

    const legends = [...element.renderRoot.querySelectorAll('legend')].map((l) => l.textContent)
    const gap = element.renderRoot.querySelector('input[name=FREEZE]')
    const sentence = element.renderRoot.querySelector(`#${gap?.getAttribute('aria-describedby')}`)

    expect(legends).toEqual(['What is water vapour?', 'Which are steps of the water cycle?'])
    expect(gap?.getAttribute('aria-label')).toBe('Your answer 1 of 2')
    expect(sentence?.textContent).toContain('Water freezes at')
  })

  it('keeps every target at least 24 pixels high and fits 320 pixels', async () => {
    const element = await open({ client: server().client })
    element.style.width = '320px'

    for (const target of element.renderRoot.querySelectorAll('button, .option, .body input')) {
      expect(target.getBoundingClientRect().height).toBeGreaterThanOrEqual(24)
    }
    expect(element.scrollWidth).toBeLessThanOrEqual(320)
  })
})

describe('with the keyboard alone', () => {
  it('answers, looks again, sends and hears the result', async () => {
    const { client, calls } = server()
    const element = await open({ client })

    await press('Tab', 'Space', 'ArrowDown')
    await press('Tab', 'Space', 'Tab', 'Space')
    await press('Tab', 'Tab')
    await userEvent.keyboard('0')
    await press('Tab')
    await userEvent.keyboard('100')
    await press('Enter')
    await expect.poll(() => focused()?.textContent).toBe('Check your answers before you send them')
    await tabTo('Send my answers')
    await press('Enter')
    await expect.poll(() => focused()?.textContent).toBe('Your answers have been sent')

    expect(calls.find(({ route }) => route.endsWith('/submit'))?.body).toEqual({
      responses: { STATE: ['c2'], STEPS: ['d1', 'd2'], FREEZE: ['0'], BOIL: ['100'] },
    })
    expect(textIn(element)).toContain('You scored 2.5 out of 4.')
  })

  it('takes the reader to the question that must be put right', async () => {
    const element = await open({ client: server().client })
    check(element, 'd1', 'd2', 'd3')

    await tabTo('Check my answers')
    await press('Enter')

    expect(focused()).toBe(element.renderRoot.querySelector('[value=d1]'))
    expect(textIn(element)).toContain('You chose 3 answers. Choose no more than 2.')
    await expectAccessible()
  })
})

describe('states', () => {
  it('says that it is opening', async () => {
    const never = new Promise(() => undefined)
    const { client } = server({ 'POST /api/v1/attempts': () => never })

    const element = await show(AssessmentElement, { itemId: 'itm_1', client })

    expect(textIn(element)).toContain('Opening the activity')
  })

  it('opens at the second try when the network was gone at the first', async () => {
    let tries = 0
    const { client } = server({
      'POST /api/v1/attempts': () =>
        ++tries === 1 ? networkFailure() : { id: 'att_1', item: waterCycle },
    })
    const element = await open({ client })
    expect(textIn(element)).toContain('The server cannot be reached.')

    await click(element, 'Try again')

    await expect.poll(() => textIn(element)).toContain('What is water vapour?')
  })

  it('offers no second try where none can help, and gives the reference', async () => {
    const { client } = server({
      'POST /api/v1/attempts': () => problem(404, 'not_found', 'no such item'),
    })

    const element = await open({ client })

    expect(textIn(element)).toContain('no longer exists')
    expect(textIn(element)).toContain('req_test')
    expect(element.renderRoot.querySelector('button')).toBeNull()
  })

  it('lists what is not answered without forbidding to send it', async () => {
    const element = await open({ client: server().client })
    check(element, 'd1')

    await click(element, 'Check my answers')

    expect(textIn(element)).toContain('3 questions are not answered yet.')
    expect(textIn(element)).toContain(
      'Your answer 1 of 2: Water freezes at ____ degrees and boils at',
    )
    expect(button(element, 'Send my answers').disabled).toBe(false)
  })

  it('doubts an answer of an unusual form but lets it pass', async () => {
    const element = await open({ client: server().client })
    const gap = element.renderRoot.querySelector<HTMLInputElement>('input[name=FREEZE]')
    if (gap) gap.value = 'zero'
    check(element, 'd1')

    await click(element, 'Check my answers')

    expect(textIn(element)).toContain('This may not be in the form that is asked for.')
  })

  it('keeps the answers through a failed sending and sends the same ones again', async () => {
    let tries = 0
    const { client, calls } = server({
      'POST /api/v1/attempts/att_1/submit': () =>
        ++tries === 1 ? networkFailure() : { score: 1, maxScore: 4 },
    })
    const element = await open({ client })
    check(element, 'c1', 'd1')
    await click(element, 'Check my answers')

    await click(element, 'Send my answers')
    await expect.poll(() => textIn(element)).toContain('Your answers are still here.')
    await click(element, 'Try again')
    await expect.poll(() => textIn(element)).toContain('You scored 1 out of 4.')

    const [first, second] = calls.filter(({ route }) => route.endsWith('/submit'))
    expect(second?.body).toEqual(first?.body)
  })

  it('sends once however often the button is pressed', async () => {
    let finish = (_: unknown) => {}
    const { client, calls } = server({
      'POST /api/v1/attempts/att_1/submit': () =>
        new Promise((resolve) => {
          finish = resolve
        }),
    })
    const element = await open({ client })
    check(element, 'd1')
    await click(element, 'Check my answers')

    await click(element, 'Send my answers')
    await click(element, 'Sending')
    await click(element, 'Sending')
    expect(button(element, 'Change my answers').disabled).toBe(true)
    await expect.poll(() => calls.some(({ route }) => route.endsWith('/submit'))).toBe(true)
    finish({ score: 1, maxScore: 4 })
    await expect.poll(() => textIn(element)).toContain('You scored')

    expect(calls.filter(({ route }) => route.endsWith('/submit'))).toHaveLength(1)
  })

  it('goes back to the field that the server found wrong', async () => {
    const { client } = server({
      'POST /api/v1/attempts/att_1/submit': () =>
        problem(400, 'invalid_request', 'Check the answers', {
          errors: [{ pointer: '#/responses/BOIL/0', code: 'too_long', detail: 'It is too long.' }],
        }),
    })
    const element = await open({ client })
    check(element, 'd1')
    await click(element, 'Check my answers')

    await click(element, 'Send my answers')

    await expect.poll(() => textIn(element)).toContain('It is too long.')
    expect(focused()).toBe(element.renderRoot.querySelector('input[name=BOIL]'))
  })

  it.each([
    ['sent', 'has been sent to your teacher’s gradebook'],
    ['failed', 'kept safely here'],
    ['none', 'No grade is sent'],
  ])('tells what became of a grade that is %s', async (state, sentence) => {
    const { client } = server({ 'GET /api/v1/attempts/att_1': () => attempt(state) })
    const element = await open({ client })
    check(element, 'd1')

    await click(element, 'Check my answers')
    await click(element, 'Send my answers')

    await expect.poll(() => textIn(element)).toContain(sentence)
  })

  it('follows a grade until it has arrived', async () => {
    const states = ['pending', 'sent']
    const { client } = server({
      'GET /api/v1/attempts/att_1': () => attempt(states.shift() ?? 'sent'),
    })
    const element = await open({ client })
    check(element, 'd1')

    await click(element, 'Check my answers')
    await click(element, 'Send my answers')

    await expect.poll(() => textIn(element)).toContain('on its way')
    await expect.poll(() => textIn(element), { timeout: 3000 }).toContain('has been sent to your')
  })

  it('shows a preview without an attempt and without a way to send', async () => {
    const { client, calls } = server()

    const element = await open({ client, preview: true })

    expect(calls.map(({ route }) => route)).toEqual(['GET /api/v1/items/itm_1/preview'])
    expect(textIn(element)).toContain('Preview')
    expect(element.renderRoot.querySelector('button')).toBeNull()
    await expectAccessible()
  })
})

describe('answers not sent yet', () => {
  it('come back with the same attempt when the page is loaded again', async () => {
    const { client, calls } = server()
    const draftOwner = { userId: 'u1', sessionId: 's1' }
    const element = await open({ client, draftOwner })
    check(element, 'c2')

    const again = await open({ client, draftOwner })
    await expect.poll(() => textIn(again)).toContain('Your earlier answers were brought back.')

    expect(again.renderRoot.querySelector<HTMLInputElement>('[value=c2]')?.checked).toBe(true)
    expect(calls.filter(({ route }) => route === 'POST /api/v1/attempts')).toHaveLength(1)
  })

  it('move to the new attempt of a new session, whose choices have other ids', async () => {
    const renamed: DeliveryItem = JSON.parse(
      JSON.stringify(waterCycle).replace(/"([cd])([123])"/g, '"x$1$2"'),
    )
    const first = await open({
      client: server().client,
      draftOwner: { userId: 'u1', sessionId: 's1' },
    })
    check(first, 'c3', 'd2')

    const second = await open({
      client: server({ 'POST /api/v1/attempts': () => ({ id: 'att_2', item: renamed }) }).client,
      draftOwner: { userId: 'u1', sessionId: 's2' },
    })
    await expect.poll(() => textIn(second)).toContain('brought back')

    const chosen = [...second.renderRoot.querySelectorAll<HTMLInputElement>(':checked')]
    expect(chosen.map(({ value }) => value)).toEqual(['xc3', 'xd2'])
  })

  it('are never shown to somebody else, and are gone once sent', async () => {
    const mine = { userId: 'u1', sessionId: 's1' }
    const element = await open({ client: server().client, draftOwner: mine })
    check(element, 'c2', 'd1')

    const others = { userId: 'u2', sessionId: 's1' }
    const other = await open({ client: server().client, draftOwner: others })
    expect(other.renderRoot.querySelector(':checked')).toBeNull()

    const back = await open({ client: server().client, draftOwner: mine })
    await click(back, 'Check my answers')
    await click(back, 'Send my answers')
    await expect.poll(() => textIn(back)).toContain('You scored')
    expect(sessionStorage).toHaveLength(0)
  })
})

describe('events', () => {
  it('tells when an attempt begins and when it was scored', async () => {
    const heard: string[] = []
    document.body.addEventListener('edpsych-attempt-start', ({ attemptId }) =>
      heard.push(`start ${attemptId}`),
    )
    document.body.addEventListener('edpsych-attempt-submit', (event: AttemptSubmitEvent) =>
      heard.push(`submit ${event.score}/${event.maxScore}`),
    )
    const element = await open({ client: server().client })
    check(element, 'd1')

    await click(element, 'Check my answers')
    await click(element, 'Send my answers')
    await expect.poll(() => heard).toEqual(['start att_1', 'submit 2.5/4'])
  })
})

describe('content', () => {
  it('builds formulas in their namespace and leaves out what could run', async () => {
    const hostile: DeliveryItem = {
      title: 'Hostile',
      language: null,
      body: [
        { kind: 'html', tag: 'script', attributes: {}, children: ['window.hacked = true'] },
        { kind: 'html', tag: 'img', attributes: { src: 'x', onerror: 'hacked = 1' }, children: [] },
        {
          kind: 'html',
          tag: 'a',
          attributes: { href: 'javascript:hacked=1' },
          children: ['link'],
        },
        { kind: 'html', tag: 'audio', attributes: { src: '/sound.mp3' }, children: [] },
        ...waterCycle.body,
      ],
    }
    const { client } = server({ 'POST /api/v1/attempts': () => ({ id: 'att_1', item: hostile }) })

    const element = await open({ client })

    const { renderRoot } = element
    expect(renderRoot.querySelector('msub')?.namespaceURI).toBe(
      'http://www.w3.org/1998/Math/MathML',
    )
    expect(renderRoot.querySelector('script, [onerror]')).toBeNull()
    expect(renderRoot.querySelector('.body a')?.hasAttribute('href')).toBe(false)
    expect(renderRoot.querySelector('audio')?.controls).toBe(true)
    expect('hacked' in window).toBe(false)
  })
})
