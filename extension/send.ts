import { browser } from './browser.ts'
import { type Answer, isRecord, type Replies, type Request, type Send } from './messages.ts'

/** Sends to the background worker; a worker that cannot be reached is an answer too. */
export const send: Send = async <R extends Request>(request: R) => {
  try {
    const answer: unknown = await browser.runtime.sendMessage(request)
    // The worker is of the same build as the sender.
    if (isRecord(answer) && 'ok' in answer) return answer as unknown as Answer<Replies[R['type']]>
  } catch {
    // The extension was updated or removed under an open page.
  }
  return { ok: false, problem: { code: 'extension_error' } }
}
