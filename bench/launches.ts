import { request } from 'undici'
import type { Step } from './measure.ts'
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

/** Whole launches: login, signed message, accepted answer, session; throws when one was not accepted. */
export function launchSteps(platform: BenchPlatform, tool: Tool): Step[] {
  const launches: (Begun & { idToken: string })[] = []
  return [
    {
      isCounted: true,
      async run(index) {
        launches[index] = { ...(await begin(tool.login, platform, tool.target)), idToken: '' }
      },
    },
    {
      isCounted: false,
      run(index) {
        const launch = launches[index]
        if (launch) launch.idToken = platform.signLaunch(launch.nonce, tool.target)
      },
    },
    {
      isCounted: true,
      async run(index) {
        const launch = launches[index]
        if (launch) await finish(tool, launch)
      },
    },
  ]
}

async function finish(tool: Tool, launch: Begun & { idToken: string }): Promise<void> {
  const { idToken, state, cookie } = launch
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
export function floorSteps(url: string, platform: BenchPlatform): Step[] {
  const states: string[] = []
  const tokens: string[] = []
  return [
    {
      isCounted: true,
      async run(index) {
        const state = `${process.pid}-${index}-${Math.random()}`
        states[index] = state
        const login = await request(`${url}/login?state=${encodeURIComponent(state)}`)
        await login.body.dump()
      },
    },
    {
      isCounted: false,
      run(index) {
        tokens[index] = platform.signLaunch(states[index] ?? '', 'http://localhost/lti')
      },
    },
    {
      isCounted: true,
      async run(index) {
        const state = states[index] ?? ''
        const sent = new URLSearchParams({ id_token: tokens[index] ?? '', state })
        const answer = await request(`${url}/launch`, {
          method: 'POST',
          headers: form,
          body: sent.toString(),
        })
        await answer.body.dump()
        if (answer.statusCode !== 303) throw new Error(`floor launch answered ${answer.statusCode}`)
        const session = await request(`${url}/session`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ code: state }),
        })
        await session.body.dump()
      },
    },
  ]
}
