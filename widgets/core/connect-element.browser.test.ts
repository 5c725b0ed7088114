import { html } from 'lit'
import { property } from 'lit/decorators.js'
import { afterEach, expect, it } from 'vitest'
import { ApiError } from '../../shared/api/client.ts'
import { ConnectElement } from './connect-element.ts'
import { addCatalogue, useLocale } from './localization.ts'
import { loading, marks } from './messages.ts'

class SampleElement extends ConnectElement {
  @property({ type: Number }) count = 0

  say(sentence: string): void {
    this.announce(sentence)
  }

  failWith(error: unknown): void {
    this.fail(error)
  }

  protected override render() {
    return html`<p class="label">${loading()}</p><p class="marks">${marks(this.count)}</p>
      <button class="button">OK</button>`
  }
}
customElements.define('edpsych-sample', SampleElement)

async function sample(): Promise<SampleElement> {
  const element = new SampleElement()
  document.body.append(element)
  await element.updateComplete
  return element
}

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))

afterEach(async () => {
  document.body.replaceChildren()
  document.body.removeAttribute('style')
  await useLocale('en')
})

it('renders again when a decorated property changes', async () => {
  const element = await sample()

  element.count = 3
  await element.updateComplete

  expect(element.renderRoot.querySelector('.marks')?.textContent).toBe('3 marks')
})

it('speaks the language of a catalogue and says so in its lang', async () => {
  addCatalogue('cy', async () => ({ templates: { loading: 'Wrthi’n llwytho …' } }))
  const element = await sample()
  expect(element.lang).toBe('en-GB')

  element.locale = 'cy-GB'
  await expect.poll(() => element.lang).toBe('cy')

  expect(element.renderRoot.querySelector('.label')?.textContent).toBe('Wrthi’n llwytho …')
  expect(element.renderRoot.querySelector('.marks')?.textContent).toBe('0 marks')
})

it('stays as it is when the catalogue cannot be loaded', async () => {
  addCatalogue('cy', () => Promise.reject(new Error('gone')))

  await useLocale('cy')
  const element = await sample()

  expect(element.lang).toBe('en-GB')
})

it('stays English for a language without a catalogue', async () => {
  await useLocale('fr')
  const element = await sample()

  expect(element.renderRoot.querySelector('.label')?.textContent).toBe('Loading …')
})

it('says the same sentence twice to a screen reader', async () => {
  const element = await sample()
  const region = element.renderRoot.querySelector('[role=status]')
  const heard: string[] = []
  const observer = new MutationObserver(() => heard.push(region?.textContent ?? ''))
  observer.observe(region ?? element, { childList: true })

  element.say('Sent.')
  await nextFrame()
  element.say('Sent.')
  await nextFrame()
  await nextFrame()

  expect(heard.filter((sentence) => sentence === 'Sent.')).toHaveLength(2)
})

it('tells the page what failed, with the reference', async () => {
  const element = await sample()
  const failures: { code: string; requestId: string | undefined }[] = []
  document.body.addEventListener('edpsych-error', (event) => failures.push(event), { once: true })

  element.failWith(new ApiError(503, { code: 'service_unavailable', requestId: 'req_1' }))

  expect(failures).toMatchObject([{ code: 'service_unavailable', requestId: 'req_1' }])
})

it('takes its colours from custom properties of the page and its scheme from `theme`', async () => {
  const element = await sample()
  const button = element.renderRoot.querySelector('button') ?? document.body
  const ground = () => getComputedStyle(button).backgroundColor
  const plain = ground()

  element.theme = 'dark'
  await expect.poll(ground).not.toBe(plain)
  document.body.style.setProperty('--edpsych-primary', 'rgb(1, 2, 3)')

  await expect.poll(ground).toBe('rgb(1, 2, 3)')
})
