import { watchHeight } from '../core/content-height.ts'

const capabilitiesMs = 300
const subject = 'lti.frameResize'

interface Surroundings {
  /** The window around this frame. */
  readonly parent: Window
  readonly targetOrigin: string
  readonly content: HTMLElement
}

/**
 * Asks the platform for the height the content needs (LTI `lti.frameResize`), unless it says that it
 * cannot give it. Platforms that say nothing are asked all the same: older ones resize silently.
 */
export async function followHeight({ parent, targetOrigin, content }: Surroundings): Promise<void> {
  const supported = await askCapabilities(parent, targetOrigin)
  if (supported && !supported.includes(subject)) return
  watchHeight(content, (height) => parent.postMessage({ subject, height }, targetOrigin))
}

function askCapabilities(parent: Window, targetOrigin: string): Promise<string[] | undefined> {
  return new Promise((resolve) => {
    const stop = new AbortController()
    const answer = (subjects: string[] | undefined): void => {
      stop.abort()
      resolve(subjects)
    }
    addEventListener(
      'message',
      ({ source, origin, data }) => {
        if (source !== parent || (targetOrigin !== '*' && origin !== targetOrigin)) return
        if (data?.subject === 'lti.capabilities.response') answer(subjectsOf(data))
      },
      { signal: stop.signal },
    )
    setTimeout(() => answer(undefined), capabilitiesMs)
    parent.postMessage({ subject: 'lti.capabilities', message_id: 'capabilities' }, targetOrigin)
  })
}

function subjectsOf(data: { supported_messages?: unknown }): string[] {
  if (!Array.isArray(data.supported_messages)) return []
  return data.supported_messages.map((message: unknown) =>
    typeof message === 'object' && message !== null && 'subject' in message
      ? String(message.subject)
      : '',
  )
}
