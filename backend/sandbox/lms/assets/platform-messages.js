/**
 * LTI Client Side postMessages and LTI Platform Storage for the frames of this page. Values are kept
 * per origin of the sender and live as long as the page.
 */

const keysPerOrigin = 500
const longestValue = 4096

const stores = new Map()

function storeOf(origin) {
  const store = stores.get(origin) ?? new Map()
  stores.set(origin, store)
  return store
}

const failure = (code, message) => ({ error: { code, message } })

// In the frame that keeps data, the tools are frames of the page around it.
const isStorageFrame = window.frameElement?.hasAttribute('data-platform-frame') === true
const page = isStorageFrame ? parent.document : document
const stored = ['lti.put_data', 'lti.get_data']

const storageFrameName = () => document.querySelector('iframe[data-platform-frame]')?.name

const handlers = {
  'lti.capabilities': () => {
    const frame = storageFrameName()
    return {
      supported_messages: Object.keys(handlers).map((subject) =>
        frame && stored.includes(subject) ? { subject, frame } : { subject },
      ),
    }
  },
  'lti.put_data': ({ key, value }, origin) => {
    if (typeof key !== 'string' || key === '') return failure('bad_request', 'key is required')
    const store = storeOf(origin)
    if (value === undefined || value === null) {
      store.delete(key)
      return { key }
    }
    if (String(value).length > longestValue || (!store.has(key) && store.size >= keysPerOrigin)) {
      return { key, ...failure('storage_exhaustion', 'there is no room for this value') }
    }
    store.set(key, String(value))
    return { key, value: String(value) }
  },
  'lti.get_data': ({ key }, origin) => {
    if (typeof key !== 'string' || key === '') return failure('bad_request', 'key is required')
    return { key, value: storeOf(origin).get(key) ?? null }
  },
  'lti.frameResize': ({ height }, _origin, frame) => {
    const pixels = Number(height)
    if (!Number.isFinite(pixels) || pixels < 1) return failure('bad_request', 'height is required')
    frame.style.height = `${Math.min(Math.round(pixels), 10_000)}px`
    // From now on the tool decides, not the size of the window.
    frame.dataset.toolFrame = 'resized'
    return { height: pixels }
  },
}

const dataOf = (event) =>
  typeof event.data === 'object' && event.data !== null ? event.data : undefined

function answer(event) {
  const data = dataOf(event)
  const handler = Object.hasOwn(handlers, data?.subject) ? handlers[data.subject] : undefined
  if (!handler || (storageFrameName() && stored.includes(data.subject))) return
  const frame = [...page.querySelectorAll('iframe[data-platform-storage="on"]')].find(
    (candidate) => candidate.contentWindow === event.source,
  )
  if (!frame) return
  const reply = handler(data, event.origin, frame)
  event.source.postMessage(
    { subject: `${data.subject}.response`, message_id: data.message_id, ...reply },
    event.origin,
  )
}

addEventListener('message', answer)
