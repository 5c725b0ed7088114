/** The few calls of the API that the receiver makes, by plain fetch. */
export function createApi({ url, apiKey }) {
  return async function call(method, path, body) {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const answer = response.status === 204 ? undefined : await response.json()
    if (response.ok) return answer
    throw Object.assign(new Error(answer.detail ?? `${method} ${path}: ${response.status}`), {
      code: answer.code,
    })
  }
}

/**
 * Subscribes the receiver. A server that may not reach this machine sends to the inspector of the sandbox
 * instead, from which `forward` fetches the deliveries.
 */
export async function subscribe(call, hookUrl) {
  const eventTypes = ['*']
  try {
    const webhook = await call('POST', '/webhooks', { url: hookUrl, eventTypes })
    return { webhook, inspector: undefined }
  } catch (error) {
    if (error.code !== 'url_not_allowed') throw error
  }
  const { data } = await call('GET', '/sandboxes')
  const sandbox = data[0]
  if (!sandbox) throw new Error('The server may not reach this machine; use a key of a sandbox')
  // What was there before is not ours; looked at first, so that nothing that follows is taken for it.
  const earlier = await inspectionsOf(call, sandbox.id)
  const webhook = await call('POST', '/webhooks', { url: sandbox.inspectorUrl, eventTypes })
  return { webhook, inspector: { sandboxId: sandbox.id, earlier } }
}

/** What the inspector of a sandbox received, the oldest first. */
async function inspectionsOf(call, sandboxId) {
  const { data } = await call('GET', `/sandboxes/${sandboxId}/inspections?limit=200`)
  return data.reverse()
}

const everyMs = 500

/**
 * Hands what the inspector receives on to the receiver, each request as it was, until it is stopped.
 * A request is done when the receiver took it: what fails is handed on again at the next turn.
 */
export function forward(call, { sandboxId, earlier }, hookUrl) {
  const done = new Set(earlier.map(({ id }) => id))
  let isStopped = false
  let timer

  async function turn() {
    for (const inspection of await inspectionsOf(call, sandboxId)) {
      if (isStopped) return
      if (done.has(inspection.id)) continue
      await replay(inspection, hookUrl)
      done.add(inspection.id)
    }
  }

  async function loop() {
    try {
      await turn()
    } catch (error) {
      if (!isStopped) process.stderr.write(`${error.message}\n`)
    }
    // Stopped in the middle of a turn, it must not begin another.
    if (!isStopped) timer = setTimeout(loop, everyMs)
  }
  void loop()
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

async function replay({ headers, body, bodyEncoding }, hookUrl) {
  const wanted = Object.entries(headers).filter(
    ([name]) => name.startsWith('webhook-') || name === 'content-type',
  )
  await fetch(hookUrl, {
    method: 'POST',
    headers: Object.fromEntries(wanted),
    body: Buffer.from(body, bodyEncoding),
  })
}
