/**
 * The key of an example: the one in `EDPSYCH_API_KEY`, or that of a sandbox made for this run.
 * `session` is the cookie that signs a browser in as the developer of that sandbox.
 * @returns {Promise<{ url: string, apiKey: string, session: string | undefined }>}
 */
export async function access() {
  const url = (process.env.EDPSYCH_URL ?? 'http://localhost:3000').replace(/\/$/, '')
  const apiKey = process.env.EDPSYCH_API_KEY
  if (apiKey) return { url, apiKey, session: undefined }
  const response = await reach(url)
  const sandbox = await response.json()
  if (!response.ok)
    throw new Error(`No sandbox could be made: ${sandbox.detail ?? response.status}`)
  process.stderr.write(
    `Made a sandbox for this run. To use it again:\n  export EDPSYCH_API_KEY=${sandbox.apiKey}\n`,
  )
  const session = response.headers.getSetCookie().find((cookie) => /edp_session=/.test(cookie))
  return { url, apiKey: sandbox.apiKey, session }
}

async function reach(url) {
  try {
    return await fetch(`${url}/api/v1/sandboxes`, { method: 'POST' })
  } catch (cause) {
    throw new Error(`Nothing answers at ${url}: start the server (npm start) or set EDPSYCH_URL`, {
      cause,
    })
  }
}
