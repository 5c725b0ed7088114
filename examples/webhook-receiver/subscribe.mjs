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
    return { webhook: await call('POST', '/webhooks', { url: hookUrl, eventTypes }) }
  } catch (error) {
    if (error.code !== 'url_not_allowed') throw error
  }
  const { data } = await call('GET', '/sandboxes')
  const sandbox = data[0]
  if (!sandbox) throw new Error('The server may not reach this machine; use a key of a sandbox')
  const webhook = await call('POST', '/webhooks', { url: sandbox.inspectorUrl, eventTypes })
  return { webhook, sandboxId: sandbox.id }
}

const everyMs = 500

/** Hands what the inspector received since now on to the receiver, each request as it was. */
export function forward(call, sandboxId, hookUrl) {
  const done = new Set()
  let isFirst = true
  let timer

  async function turn() {
    const { data } = await call('GET', `/sandboxes/${sandboxId}/inspections?limit=200`)
    for (const inspection of [...data].reverse()) {
      if (done.has(inspection.id)) continue
      done.add(inspection.id)
      if (!isFirst) await replay(inspection, hookUrl)
    }
    isFirst = false
  }

  const loop = async () => {
    try {
      await turn()
    } catch (error) {
      process.stderr.write(`${error.message}\n`)
    }
    timer = setTimeout(loop, everyMs)
  }
  const started = loop()
  return {
    started,
    stop: () => clearTimeout(timer),
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
