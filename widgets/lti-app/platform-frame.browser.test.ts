import { afterEach, expect, it } from 'vitest'
import { followHeight } from './platform-frame.ts'

interface Platform {
  readonly window: Window
  readonly heard: { subject: string; height?: number }[]
}

/** A window that stands for the LMS around this page; it answers from its own script. */
async function platform(reply?: object): Promise<Platform> {
  const frame = document.createElement('iframe')
  document.body.append(frame)
  const { contentWindow: window } = frame
  if (!window) throw new Error('the frame has no window')
  const heard: Platform['heard'] = []
  const script = window.document.createElement('script')
  script.textContent = 'function answer(message) { parent.postMessage(message, "*") }'
  window.document.body.append(script)
  window.addEventListener('message', ({ data }) => {
    heard.push(data)
    // Defined by the script above.
    const { answer } = window as unknown as { answer(message: object): void }
    if (data.subject === 'lti.capabilities' && reply) answer(reply)
  })
  return { window, heard }
}

function content(height: number): HTMLElement {
  const element = document.createElement('div')
  element.style.height = `${height}px`
  document.body.prepend(element)
  return element
}

const heights = ({ heard }: Platform) =>
  heard.flatMap(({ subject, height }) => (subject === 'lti.frameResize' ? [height] : []))

afterEach(() => document.body.replaceChildren())

it('asks for its height, again when it changes, and moves no focus', async () => {
  document.body.style.margin = '0'
  const lms = await platform({
    subject: 'lti.capabilities.response',
    supported_messages: [{ subject: 'lti.frameResize' }],
  })
  const element = content(400)
  const focus = document.activeElement

  await followHeight({ parent: lms.window, targetOrigin: location.origin, content: element })
  await expect.poll(() => heights(lms)).toEqual([400])
  element.style.height = '650px'
  await expect.poll(() => heights(lms)).toEqual([400, 650])

  expect(document.activeElement).toBe(focus)
})

it('asks all the same where the platform says nothing within 300 ms', async () => {
  const lms = await platform()
  const begun = performance.now()

  await followHeight({ parent: lms.window, targetOrigin: '*', content: content(300) })

  expect(performance.now() - begun).toBeGreaterThan(250)
  await expect.poll(() => heights(lms)).toHaveLength(1)
})

it('leaves a platform alone that cannot resize', async () => {
  const lms = await platform({ subject: 'lti.capabilities.response', supported_messages: [] })

  await followHeight({ parent: lms.window, targetOrigin: '*', content: content(300) })
  await new Promise((resolve) => setTimeout(resolve, 50))

  expect(heights(lms)).toEqual([])
})
