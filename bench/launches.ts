import { request } from 'undici'
import type { BenchPlatform } from './platform.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }

interface Begun {
  readonly state: string
  readonly nonce: string
  readonly cookie: string
}

/** A tool's login initiation, and what the browser would carry to the launch. */
async function begin(url: string, platform: BenchPlatform, target: string): Promise<Begun> {
  const query = new URLSearchParams({
    iss: platform.issuer,
    client_id: platform.clientId,
    lti_deployment_id: platform.deploymentId,
    login_hint: '42',
    target_link_uri: target,
  })
  const answer = await request(`${url}?${query}`)
  await answer.body.dump()
  const location = new URL(String(answer.headers['location']))
  return {
    state: location.searchParams.get('state') ?? '',
    nonce: location.searchParams.get('nonce') ?? '',
    cookie: cookiesOf(answer.headers['set-cookie']),
  }
}

function cookiesOf(header: string | string[] | undefined): string {
  return [header ?? []]
    .flat()
    .map((text) => text.split(';')[0])
    .join('; ')
}

export interface Tool {
  readonly login: string
  readonly launch: string
  readonly target: string
  /** Follows the answer of an accepted launch until the tool knows who works in which session. */
  open(location: string, cookie: string): Promise<boolean>
}

/** One whole launch: login, signed message, accepted answer, session; throws when it was not accepted. */
export function launcher(platform: BenchPlatform, tool: Tool): () => Promise<void> {
  return async () => {
    const { state, nonce, cookie } = await begin(tool.login, platform, tool.target)
    const idToken = platform.signLaunch(nonce, tool.target)
    const answer = await request(tool.launch, {
      method: 'POST',
      headers: { ...form, ...(cookie ? { cookie } : {}) },
      body: new URLSearchParams({ id_token: idToken, state }).toString(),
    })
    const text = await answer.body.text()
    const location = String(answer.headers['location'] ?? '')
    if (!(await tool.open(location, cookiesOf(answer.headers['set-cookie'])))) {
      throw new Error(`launch not accepted: ${answer.statusCode} ${location} ${text.slice(0, 300)}`)
    }
  }
}

/** Our own tool: the one-time code behind the hash is exchanged for a session. */
export function ourTool(url: string, publicUrl: string): Tool {
  return {
    login: `${url}/lti/login`,
    launch: `${url}/lti/launch`,
    target: `${publicUrl}/lti/items/itm_00000000000000000000000000`,
    async open(location) {
      const code = /#code=(.+)$/.exec(location)?.[1]
      if (!code) return false
      const answer = await request(`${url}/lti/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      })
      await answer.body.dump()
      return answer.statusCode === 200
    },
  }
}

/** ltijs redirects to the tool with a token of its own, which its next request verifies. */
export function ltijsTool(url: string): Tool {
  return {
    login: `${url}/login`,
    launch: `${url}/`,
    target: `${url}/`,
    async open(location, cookie) {
      if (!location.includes('ltik=')) return false
      const answer = await request(new URL(location, url), { headers: { cookie } })
      return (await answer.body.text()) === 'connected'
    },
  }
}

/** The floor's launch: the same three requests and the same signed message. */
export function floorLauncher(
  url: string,
  platform: BenchPlatform,
): (index: number) => Promise<void> {
  return async (index) => {
    const state = `${process.pid}-${index}-${Math.random()}`
    const login = await request(`${url}/login?state=${encodeURIComponent(state)}`)
    await login.body.dump()
    const idToken = platform.signLaunch(state, 'http://localhost/lti')
    const answer = await request(`${url}/launch`, {
      method: 'POST',
      headers: form,
      body: new URLSearchParams({ id_token: idToken, state }).toString(),
    })
    await answer.body.dump()
    if (answer.statusCode !== 303) throw new Error(`floor launch answered ${answer.statusCode}`)
    const session = await request(`${url}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: state }),
    })
    await session.body.dump()
  }
}
