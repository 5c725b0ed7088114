import type { Runtime } from 'webextension-polyfill'
import { browser, hideStorageFromPages, sidePanel } from './browser.ts'
import { type Answer, parseRequest, type Replies, type Request } from './messages.ts'
import { pair, type Surroundings, search, unpair } from './worker/edpsych.ts'
import { openPanel } from './worker/open-panel.ts'
import { readStatus } from './worker/pairing-store.ts'
import { ProblemError, problemOf } from './worker/problem.ts'
import { type Origin, originOf } from './worker/sender.ts'

// The browser stops and starts this script at will: everything it must remember is in storage.
const surroundings: Surroundings = {
  areas: { local: browser.storage.local, session: browser.storage.session },
  fetch: (input, init) => fetch(input, init),
  now: () => new Date(),
  device: deviceName(navigator.userAgent),
  hasPermission: (pattern) => browser.permissions.contains({ origins: [pattern] }),
}

const self = {
  id: browser.runtime.id,
  origin: browser.runtime.getURL('').replace(/\/$/, ''),
}

const mayBeAskedBy: Readonly<Record<Request['type'], Origin>> = {
  pairing: 'extension-page',
  pair: 'extension-page',
  unpair: 'extension-page',
  search: 'extension-page',
  'open-panel': 'classroom',
}

browser.runtime.onMessage.addListener(
  (message: unknown, sender: Runtime.MessageSender, reply: (answer: unknown) => void) => {
    const request = parseRequest(message)
    const isAllowed = request && mayBeAskedBy[request.type] === originOf(sender, self)
    if (isAllowed) void answer(request, sender).then(reply)
    else reply(undefined)
    // `true` keeps the channel open; a returned promise is not understood by every Chrome.
    return true
  },
)

browser.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === 'install') void browser.runtime.openOptionsPage()
})

void hideStorageFromPages()
void sidePanel()?.setPanelBehavior({ openPanelOnActionClick: true })
browser.action.onClicked.addListener(() => {
  // Only Firefox comes here; Chrome opens the panel by itself.
  void browser.sidebarAction.toggle()
})

async function answer(
  request: Request,
  sender: Runtime.MessageSender,
): Promise<Answer<Replies[Request['type']]>> {
  try {
    return { ok: true, value: await carryOut(request, sender) }
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
}

function carryOut(
  request: Request,
  { tab }: Runtime.MessageSender,
): Promise<Replies[Request['type']]> {
  switch (request.type) {
    case 'pairing':
      return readStatus(surroundings.areas, surroundings.now())
    case 'pair':
      return pair(surroundings, request)
    case 'unpair':
      return unpair(surroundings)
    case 'search':
      return search(surroundings, request)
    case 'open-panel':
      if (tab?.id === undefined) throw new ProblemError('extension_error')
      return openPanel({ id: tab.id, index: tab.index })
  }
}

function deviceName(userAgent: string): string {
  const name = userAgent.includes('Firefox/') ? 'Firefox' : 'Chrome'
  const system = ['Windows', 'CrOS', 'Mac OS X', 'Android', 'Linux'].find((each) =>
    userAgent.includes(each),
  )
  return system ? `${name} on ${system === 'CrOS' ? 'ChromeOS' : system}` : name
}
