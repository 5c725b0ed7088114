import { classroomOrigin } from '../../shared/classroom-share.ts'

/** What a browser says of a message's sender. */
export interface Sender {
  readonly id?: string | undefined
  readonly origin?: string | undefined
  readonly url?: string | undefined
  readonly frameId?: number | undefined
}

export type Origin = 'extension-page' | 'classroom'

/** Who sent a message: a page of this extension, its content script in Classroom's top frame, or nobody it listens to. */
export function originOf(
  sender: Sender,
  self: { readonly id: string; readonly origin: string },
): Origin | undefined {
  if (sender.id !== self.id) return undefined
  const origin = sender.origin ?? originOfUrl(sender.url)
  // A Firefox page is reported with the opaque origin "null" in some versions; its address is not.
  if (origin === self.origin || originOfUrl(sender.url) === self.origin) return 'extension-page'
  return origin === classroomOrigin && sender.frameId === 0 ? 'classroom' : undefined
}

function originOfUrl(address: string | undefined): string | undefined {
  if (!address || !URL.canParse(address)) return undefined
  const { protocol, host } = new URL(address)
  // `URL.origin` is "null" for extension schemes outside Chrome.
  return `${protocol}//${host}`
}
