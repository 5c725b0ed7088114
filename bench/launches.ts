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
  const cookies = [answer.headers['set-cookie'] ?? []].flat()
  return {
    state: location.searchParams.get('state') ?? '',
    nonce: location.searchParams.get('nonce') ?? '',
    cookie: cookies.map((text) => text.split(';')[0]).join('; '),
  }
}

/** One whole launch: login, signed message, accepted answer; throws when it was not accepted. */
export function launcher(
  platform: BenchPlatform,
  addresses: { login: string; launch: string; target: string; accepted: RegExp },
): () => Promise<void> {
  return async () => {
    const { state, nonce, cookie } = await begin(addresses.login, platform, addresses.target)
    const idToken = await platform.signLaunch(nonce, addresses.target)
    const answer = await request(addresses.launch, {
      method: 'POST',
      headers: { ...form, ...(cookie ? { cookie } : {}) },
      body: new URLSearchParams({ id_token: idToken, state }).toString(),
    })
    const text = await answer.body.text()
    const shown = `${answer.statusCode} ${String(answer.headers['location'] ?? '')} ${text.slice(0, 300)}`
    if (!addresses.accepted.test(shown)) throw new Error(`launch not accepted: ${shown}`)
  }
}

/** The floor's launch: the same two requests and the same signed message. */
export function floorLauncher(
  url: string,
  platform: BenchPlatform,
): (index: number) => Promise<void> {
  return async (index) => {
    const state = `${process.pid}-${index}-${Math.random()}`
    const login = await request(`${url}/login?state=${encodeURIComponent(state)}`)
    await login.body.dump()
    const idToken = await platform.signLaunch(state, 'http://localhost/lti')
    const answer = await request(`${url}/launch`, {
      method: 'POST',
      headers: form,
      body: new URLSearchParams({ id_token: idToken, state }).toString(),
    })
    await answer.body.dump()
    if (answer.statusCode !== 303) throw new Error(`floor launch answered ${answer.statusCode}`)
  }
}
