import { createHash, randomBytes } from 'node:crypto'

/** RFC 8414: where the authorization server has its endpoints. */
export async function discover(url) {
  const response = await fetch(`${url}/.well-known/oauth-authorization-server`)
  if (!response.ok) throw new Error(`No authorization server at ${url}: ${response.status}`)
  const server = await response.json()
  // RFC 8414 §3.3: a document of somebody else must not be believed.
  if (new URL(server.issuer).origin !== new URL(url).origin) throw new Error('Wrong issuer')
  return server
}

/** RFC 9728: what access tokens are for. */
export async function resourceOf(url) {
  const response = await fetch(`${url}/.well-known/oauth-protected-resource`)
  return response.ok ? (await response.json()).resource : undefined
}

/** RFC 7636 and RFC 6749 §4.1.1: what is remembered until the answer, and where the browser goes. */
export function begin(server, client, { redirectUri, scope, resource }) {
  const state = randomBytes(24).toString('base64url')
  const verifier = randomBytes(32).toString('base64url')
  const address = new URL(server.authorization_endpoint)
  const parameters = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(resource ? { resource } : {}),
  }
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value)
  return { state, verifier, address: address.href }
}

/** RFC 6749 §4.1.3: the code of the answer, for tokens. */
export async function redeem(server, client, { begun, given, redirectUri, resource }) {
  const error = given.get('error')
  if (error) throw new Error(given.get('error_description') ?? error)
  if (!begun || given.get('state') !== begun.state)
    throw new Error('The answer is not to our question')
  // RFC 9207: the answer names who gave it.
  const issuer = given.get('iss')
  if (issuer !== null && issuer !== server.issuer)
    throw new Error('The answer is from another server')
  return token(server, client, {
    grant_type: 'authorization_code',
    code: given.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: begun.verifier,
    ...(resource ? { resource } : {}),
  })
}

/** RFC 6749 §6; the old refresh token ends with it. */
export function refresh(server, client, refreshToken) {
  return token(server, client, { grant_type: 'refresh_token', refresh_token: refreshToken })
}

async function token(server, client, parameters) {
  const response = await fetch(server.token_endpoint, {
    method: 'POST',
    headers: formHeaders(client),
    body: new URLSearchParams(parameters),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error_description ?? answer.error ?? response.status)
  return answer
}

/** RFC 7009: ends the tokens when somebody signs out. */
export async function revoke(server, client, refreshToken) {
  await fetch(server.revocation_endpoint, {
    method: 'POST',
    headers: formHeaders(client),
    body: new URLSearchParams({ token: refreshToken }),
  })
}

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function formHeaders({ id, secret }) {
  const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`
  return {
    authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
}
