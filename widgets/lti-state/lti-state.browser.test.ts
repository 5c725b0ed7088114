import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StateTask, workOff } from './lti-state.ts'
import { keepInWebStorage } from './web-storage.ts'

const key = 'edp_lti_AbCd1234'
const origin = window.location.origin
const here = { target: '_parent', origin }
const platform = window.parent
let answered: { subject: string; targetOrigin?: string }[]
let stop: () => void
const realFetch = window.fetch

interface Question {
  readonly subject: string
  readonly message_id: string
  readonly key?: string
  readonly value?: string
}

/** Made in the outer window, so that it and not this frame is the source of the message. */
const answerFromPlatform = new (platform as unknown as { Function: FunctionConstructor }).Function(
  'frame',
  'data',
  'frame.postMessage(data, "*")',
)

type Answer = (question: Question) => object | undefined

/** Listens in the window around this one, as a platform with storage for tools. */
function actAsPlatform(answer: Answer): void {
  const listen = (event: MessageEvent) => {
    const question = event.data as Question
    if (typeof question?.subject !== 'string' || !question.subject.startsWith('lti.')) return
    if (question.subject.endsWith('.response')) return
    answered.push({ subject: question.subject })
    const reply = answer(question)
    if (reply) {
      answerFromPlatform(event.source as Window, {
        subject: `${question.subject}.response`,
        message_id: question.message_id,
        ...reply,
      })
    }
  }
  platform.addEventListener('message', listen)
  stop = () => platform.removeEventListener('message', listen)
}

function platformWithMemory(changes: object = {}): Map<string, string> {
  const memory = new Map<string, string>()
  actAsPlatform(({ subject, key: name = '', value = '' }) => {
    if (subject === 'lti.capabilities') {
      return { supported_messages: [{ subject: 'lti.put_data' }, { subject: 'lti.get_data' }] }
    }
    if (subject === 'lti.put_data') memory.set(name, value)
    return { key: name, value: memory.get(name), ...changes }
  })
  return memory
}

function closeWebStorage(): () => void {
  const names = ['sessionStorage', 'localStorage'] as const
  const open = names.map((name) => [name, Object.getOwnPropertyDescriptor(window, name)] as const)
  for (const name of names) {
    Object.defineProperty(window, name, {
      configurable: true,
      get() {
        throw new DOMException('blocked', 'SecurityError')
      },
    })
  }
  return () => {
    for (const [name, descriptor = {}] of open) Object.defineProperty(window, name, descriptor)
  }
}

function answerConfirmation(status: number, body: object): { requests: unknown[] } {
  const seen: { requests: unknown[] } = { requests: [] }
  window.fetch = async (input, init) => {
    seen.requests.push([input, JSON.parse(String(init?.body))])
    return new Response(JSON.stringify(body), { status })
  }
  return seen
}

const storing = (storage: StateTask['storage']): StateTask => ({
  mode: 'store',
  key,
  secret: 's3cret',
  next: 'https://lms.example/auth?state=x',
  storage,
})
const proving = (storage: StateTask['storage']): StateTask => ({
  mode: 'prove',
  key,
  state: 'the-state',
  storage,
})

beforeEach(() => {
  answered = []
  stop = () => {}
  sessionStorage.clear()
  localStorage.clear()
})

afterEach(() => {
  stop()
  window.fetch = realFetch
})

describe('before the platform', () => {
  it('keeps the secret in both web storages and goes on', async () => {
    const next = await workOff(storing({ target: null, origin }))

    expect(next).toBe('https://lms.example/auth?state=x')
    expect(sessionStorage.getItem(key)).toContain('s3cret')
    expect(localStorage.getItem(key)).toContain('s3cret')
  })

  it('does not bother a platform that offers nothing while web storage is open', async () => {
    platformWithMemory()

    await workOff(storing({ target: null, origin }))

    expect(answered).toEqual([])
  })

  it('keeps it with a platform that offers its storage as well', async () => {
    const memory = platformWithMemory()

    await workOff(storing(here))

    expect(memory.get(key)).toBe('s3cret')
    expect(sessionStorage.getItem(key)).toContain('s3cret')
  })

  it('asks for the capabilities of the platform when web storage is closed', async () => {
    const memory = platformWithMemory()
    const open = closeWebStorage()

    const next = await workOff(storing({ target: null, origin }))

    open()
    expect(next).not.toBeNull()
    expect(answered.map(({ subject }) => subject)).toEqual(['lti.capabilities', 'lti.put_data'])
    expect(memory.get(key)).toBe('s3cret')
  })

  it('goes on in good time although the platform never answers', async () => {
    actAsPlatform(() => undefined)
    const startedAt = performance.now()

    const next = await workOff(storing(here))

    expect(next).not.toBeNull()
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })

  it('forgets secrets of logins that never came back', () => {
    keepInWebStorage('edp_lti_old', 'x', Date.now() - 20 * 60_000)
    localStorage.setItem('edp_lti_broken', '{')
    localStorage.setItem('something-else', 'stays')

    keepInWebStorage(key, 's3cret')

    expect(new Set(Object.keys(localStorage))).toEqual(new Set([key, 'something-else']))
  })
})

describe('after the platform', () => {
  it('shows what web storage kept, once', async () => {
    keepInWebStorage(key, 's3cret')
    const seen = answerConfirmation(200, { location: '/lti/app#code=c' })

    const next = await workOff(proving({ target: null, origin }))

    expect(next).toBe('/lti/app#code=c')
    expect(seen.requests).toEqual([
      ['/lti/launch/confirm', { state: 'the-state', secret: 's3cret' }],
    ])
    expect(sessionStorage.getItem(key)).toBeNull()
    expect(localStorage.getItem(key)).toBeNull()
  })

  it('shows what the platform kept', async () => {
    platformWithMemory().set(key, 's3cret')
    const open = closeWebStorage()
    const seen = answerConfirmation(200, { location: '/lti/app#code=c' })

    const next = await workOff(proving(here))

    open()
    expect(next).toBe('/lti/app#code=c')
    expect(seen.requests).toHaveLength(1)
  })

  it('leaves the choice to a person when nothing was kept', async () => {
    platformWithMemory()
    const seen = answerConfirmation(200, { location: '/never' })

    expect(await workOff(proving(here))).toBeNull()
    expect(seen.requests).toEqual([])
  })

  it('leaves the choice to a person when the server does not agree', async () => {
    keepInWebStorage(key, 's3cret')
    answerConfirmation(401, { code: 'lti_state_mismatch' })

    expect(await workOff(proving(here))).toBeNull()
  })

  it.each([
    ['an error', { error: { code: 'unauthorized', message: 'no' } }],
    ['another message’s answer', { message_id: 'somebody-elses' }],
    ['a value that is no text', { value: { secret: 's3cret' } }],
  ])('believes no platform that answers with %s', async (_, changes) => {
    platformWithMemory(changes).set(key, 's3cret')
    const seen = answerConfirmation(200, { location: '/never' })

    expect(await workOff(proving(here))).toBeNull()
    expect(seen.requests).toEqual([])
  })

  it('neither tells nor believes a window of another origin', async () => {
    platformWithMemory().set(key, 's3cret')
    const seen = answerConfirmation(200, { location: '/never' })

    expect(await workOff(proving({ target: '_parent', origin: 'https://lms.example' }))).toBeNull()
    expect(answered).toEqual([])
    expect(seen.requests).toEqual([])
  })

  it('turns to the parent when the storage frame that was named is not there', async () => {
    platformWithMemory().set(key, 's3cret')
    answerConfirmation(200, { location: '/lti/app#code=c' })

    const next = await workOff(proving({ target: 'post_message_forwarding', origin }))

    expect(next).toBe('/lti/app#code=c')
  })
})
