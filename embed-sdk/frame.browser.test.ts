import { afterEach, describe, expect, it } from 'vitest'
import type { EmbedElement } from './embed-element.ts'
import { defineEmbedElement, mount } from './index.ts'

const src = `${location.origin}/embed/v1/view/emb_1`

defineEmbedElement(location.origin)

function embed(markup: string): EmbedElement {
  const host = document.createElement('div')
  host.setHTMLUnsafe(markup)
  document.body.replaceChildren(host)
  const element = host.querySelector<EmbedElement>('edpsych-embed')
  if (!element) throw new Error('there is no embed')
  return element
}

function frameIn(element: Element): HTMLIFrameElement {
  const frame = (element.shadowRoot ?? element).querySelector('iframe')
  if (!frame) throw new Error('there is no frame')
  return frame
}

/** As a script of `source` would post it. */
function receive(data: unknown, source: Window | null, origin = location.origin): void {
  window.dispatchEvent(new MessageEvent('message', { data, source, origin }))
}

function heard(element: EventTarget): string[] {
  const names: string[] = []
  for (const name of ['ready', 'resize', 'error']) {
    element.addEventListener(`edpsych-embed-${name}`, (event) => {
      names.push(`${name} ${JSON.stringify((event as CustomEvent).detail)}`)
    })
  }
  return names
}

const message = (more: object) => ({ ns: 'edpsych', v: 1, ...more })

afterEach(() => document.body.replaceChildren())

describe('<edpsych-embed>', () => {
  it('turns its link into a frame that may do little and says what it holds', () => {
    const element = embed(`<edpsych-embed><a href="${src}">The water cycle</a></edpsych-embed>`)

    const frame = frameIn(element)

    expect(frame.src).toBe(src)
    expect(frame.title).toBe('The water cycle')
    expect(frame.loading).toBe('lazy')
    expect(frame.referrerPolicy).toBe('strict-origin-when-cross-origin')
    expect(frame.getAttribute('allow')).toBe('fullscreen')
    expect(frame.getAttribute('sandbox')).toBe(
      'allow-scripts allow-same-origin allow-forms allow-popups',
    )
    expect(element.querySelector('a')?.checkVisibility()).toBe(false)
  })

  it('passes theme and language on behind the hash', () => {
    const element = embed(`<edpsych-embed src="${src}" theme="dark" lang="cy"></edpsych-embed>`)

    expect(frameIn(element).src).toBe(`${src}#theme=dark&lang=cy`)
  })

  it('opens again when its address changes', async () => {
    const element = embed(`<edpsych-embed src="${src}"></edpsych-embed>`)

    element.setAttribute('src', src.replace('emb_1', 'emb_2'))
    element.setAttribute('theme', 'light')
    await Promise.resolve()

    expect(frameIn(element).src).toContain('emb_2#theme=light')
    expect(element.shadowRoot?.querySelectorAll('iframe')).toHaveLength(1)
  })

  it.each([
    ['another site', 'https://evil.example/embed/v1/view/emb_1'],
    ['another part of this site', `${location.origin}/admin`],
    ['a script', 'javascript:alert(1)//embed/v1/view/'],
  ])('leaves a link to %s the link that it is', async (_, address) => {
    const host = document.createElement('div')
    const element = document.createElement('edpsych-embed')
    const link = document.createElement('a')
    link.href = address
    link.textContent = 'Title'
    element.append(link)
    const names = heard(element)
    host.append(element)
    document.body.append(host)

    expect(element.shadowRoot?.querySelector('iframe')).toBeNull()
    expect(link.checkVisibility()).toBe(true)
    expect(names).toEqual(['error {"reason":"address"}'])
  })

  it('takes the height the frame asks for, within limits', () => {
    const element = embed(`<edpsych-embed src="${src}"></edpsych-embed>`)
    const frame = frameIn(element)
    const names = heard(element)

    receive(message({ type: 'ready' }), frame.contentWindow)
    receive(message({ type: 'resize', height: 512.4 }), frame.contentWindow)
    expect(frame.style.height).toBe('513px')
    receive(message({ type: 'resize', height: 9_999_999 }), frame.contentWindow)
    expect(frame.style.height).toBe('10000px')
    receive(message({ type: 'resize', height: -5 }), frame.contentWindow)
    expect(frame.style.height).toBe('60px')

    expect(names.slice(0, 2)).toEqual(['ready null', 'resize {"height":513}'])
  })

  it('listens to nobody but its own frame on its own origin', () => {
    const element = embed(`<edpsych-embed src="${src}"></edpsych-embed>`)
    const frame = frameIn(element)
    const before = frame.style.height

    receive(message({ type: 'resize', height: 900 }), window)
    receive(message({ type: 'resize', height: 900 }), frame.contentWindow, 'https://evil.example')
    receive(message({ type: 'gone' }), window)

    expect(frame.style.height).toBe(before)
    expect(frame.isConnected).toBe(true)
  })

  it('says that the content was withdrawn, with the plain link', () => {
    const element = embed(`<edpsych-embed src="${src}" title="Fractions"></edpsych-embed>`)
    const names = heard(element)

    receive(message({ type: 'gone' }), frameIn(element).contentWindow)

    expect(element.shadowRoot?.textContent).toBe(
      'This content was withdrawn by its owner. Fractions',
    )
    expect(element.shadowRoot?.querySelector('a')?.href).toBe(src)
    expect(element.shadowRoot?.querySelector('iframe')).toBeNull()
    expect(names).toEqual(['error {"reason":"gone"}'])
  })

  it('stops listening when it is taken out of the page', () => {
    const element = embed(`<edpsych-embed src="${src}"></edpsych-embed>`)
    const { contentWindow } = frameIn(element)
    const names = heard(element)

    element.remove()
    receive(message({ type: 'ready' }), contentWindow)

    expect(names).toEqual([])
    expect(element.shadowRoot?.childElementCount).toBe(0)
  })
})

describe('mount', () => {
  it('shows an embed in an element and takes it away again', () => {
    const target = document.createElement('div')
    document.body.append(target)
    const heights: number[] = []

    const shown = mount(target, { src, title: 'Title', onResize: (height) => heights.push(height) })
    receive(message({ type: 'resize', height: 300 }), frameIn(target).contentWindow)
    shown.unmount()

    expect(heights).toEqual([300])
    expect(target.childElementCount).toBe(0)
  })

  it('says which element the page lacks', () => {
    expect(() => mount('#nowhere', { src, title: 'Title' })).toThrow('#nowhere')
  })
})
