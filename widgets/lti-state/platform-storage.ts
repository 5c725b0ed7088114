/** Where the platform keeps data for tools: LTI Client Side postMessages and LTI postMessage Storage. */
export interface StorageAddress {
  /** `_parent`, or the name of a frame beside ours; null: the platform is asked whether it has one. */
  readonly target: string | null
  /** The only origin that data is sent to and believed from: that of the platform's authentication endpoint. */
  readonly origin: string
}

export interface PlatformStorage {
  put(key: string, value: string): Promise<boolean>
  get(key: string): Promise<string | null>
}

interface Reply {
  readonly error?: unknown
  readonly value?: unknown
  readonly supported_messages?: unknown
}

const answerWithinMs = 600
/** Platforms that never heard of it do not answer, and every launch in them waits this long. */
const capabilitiesWithinMs = 300

/** Null where the page is in no frame of a platform, or the platform keeps nothing for tools. */
export async function findPlatformStorage(
  address: StorageAddress,
): Promise<PlatformStorage | null> {
  const platform = window.parent === window ? window.opener : window.parent
  if (!platform) return null
  const frame = address.target ? frameNamed(platform, address.target) : await askForFrame(platform)
  return frame && storageIn(frame, address.origin)
}

function storageIn(frame: Window, origin: string): PlatformStorage {
  return {
    async put(key, value) {
      const reply = await ask(
        frame,
        { subject: 'lti.put_data', key, value },
        origin,
        answerWithinMs,
      )
      return reply !== null && reply.error === undefined
    },
    async get(key) {
      const reply = await ask(frame, { subject: 'lti.get_data', key }, origin, answerWithinMs)
      return reply?.error === undefined && typeof reply?.value === 'string' ? reply.value : null
    },
  }
}

function frameNamed(platform: Window, name: string): Window {
  if (name === '_parent') return platform
  try {
    // A named child of another origin's window may be read; an unknown name throws there.
    const frame = (platform.frames as unknown as Record<string, Window | undefined>)[name]
    return frame ?? platform
  } catch {
    return platform
  }
}

/** The frame that says it stores data. What is not secret may go to whoever holds our frame. */
async function askForFrame(platform: Window): Promise<Window | null> {
  const reply = await ask(platform, { subject: 'lti.capabilities' }, '*', capabilitiesWithinMs)
  const supported = Array.isArray(reply?.supported_messages) ? reply.supported_messages : []
  const put = supported.find((message) => message?.subject === 'lti.put_data')
  if (!put) return null
  return frameNamed(platform, typeof put.frame === 'string' ? put.frame : '_parent')
}

/** Sends one message and waits for its own answer; null when none comes in time. */
function ask(
  frame: Window,
  message: { subject: string; key?: string; value?: string },
  origin: string,
  withinMs: number,
): Promise<Reply | null> {
  const messageId = crypto.randomUUID()
  return new Promise((resolve) => {
    const finish = (reply: Reply | null) => {
      clearTimeout(timer)
      window.removeEventListener('message', listen)
      resolve(reply)
    }
    const listen = (event: MessageEvent<unknown>) => {
      if (origin === '*' ? event.source !== frame : event.origin !== origin) return
      const data = (event.data ?? {}) as { subject?: unknown; message_id?: unknown }
      if (data.subject !== `${message.subject}.response` || data.message_id !== messageId) return
      finish(data as Reply)
    }
    const timer = setTimeout(finish, withinMs, null)
    window.addEventListener('message', listen)
    frame.postMessage({ ...message, message_id: messageId }, origin)
  })
}
