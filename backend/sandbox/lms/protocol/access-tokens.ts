import { createHash, randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import { endpoints, findTool, type Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { type Tool, useOnce } from '../state.ts'
import { permittedScopes } from './claim-names.ts'
import { verifyToolToken } from './tool-keys.ts'

export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly scope: string
}

type Form = Readonly<Record<string, unknown>>

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const assertionLifetimeSeconds = 300
const clockSkewSeconds = 60

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** The client-credentials grant with a signed assertion (LTI 1.3 Security Framework §4.1). */
export async function grantAccessToken(lms: Lms, form: Form): Promise<TokenAnswer> {
  if (form['grant_type'] !== 'client_credentials') {
    throw new Refusal(400, 'unsupported_grant_type', 'grant_type must be client_credentials.')
  }
  if (form['client_assertion_type'] !== assertionType) {
    throw new Refusal(400, 'invalid_request', `client_assertion_type must be ${assertionType}.`)
  }
  const tool = await authenticateClient(lms, String(form['client_assertion'] ?? ''))
  const scopes = grantedScopes(String(form['scope'] ?? ''))

  const token = randomBytes(32).toString('base64url')
  const seconds = lms.state.settings.accessTokenSeconds
  lms.state.accessTokens[hashOf(token)] = {
    toolId: tool.id,
    scopes,
    expiresAt: lms.now() + seconds * 1000,
  }
  await lms.changed()
  return { access_token: token, token_type: 'Bearer', expires_in: seconds, scope: scopes.join(' ') }
}

async function authenticateClient(lms: Lms, assertion: string): Promise<Tool> {
  const tool = lms.state.tools.find(({ clientId }) => clientId === unverifiedIssuer(assertion))
  if (!tool) throw invalidClient('the assertion’s issuer is not a client id registered here')

  const claims = await verifyToolToken(lms, tool, assertion, {
    issuer: tool.clientId,
    subject: tool.clientId,
    audience: endpoints(lms).tokenEndpoint,
  }).catch((cause: unknown) => {
    throw invalidClient(cause instanceof Error ? cause.message : String(cause), cause)
  })
  const expiresAt = (claims.exp ?? 0) * 1000
  if (expiresAt > lms.now() + (assertionLifetimeSeconds + clockSkewSeconds) * 1000) {
    throw invalidClient('the assertion is valid for more than five minutes')
  }
  if (!claims.jti) throw invalidClient('the assertion has no jti')
  const remembered = expiresAt + clockSkewSeconds * 1000
  if (!useOnce(lms.state, `${tool.clientId} jti ${claims.jti}`, remembered, lms.now())) {
    throw invalidClient('the assertion was used before')
  }
  return tool
}

function unverifiedIssuer(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss
  } catch (cause) {
    throw invalidClient('client_assertion is not a JWT', cause)
  }
}

function invalidClient(reason: string, cause?: unknown): Refusal {
  return new Refusal(401, 'invalid_client', `Client not authenticated: ${reason}.`, { cause })
}

/** Like Moodle: the subset that is permitted, without complaint unless nothing is left. */
function grantedScopes(requested: string): string[] {
  const granted = requested.split(' ').filter((one) => permittedScopes.includes(one))
  if (granted.length > 0) return granted
  throw new Refusal(400, 'invalid_scope', 'None of the requested scopes can be granted.')
}

/** The tool behind a bearer token that carries one of these scopes. */
export function authenticateService(
  lms: Lms,
  authorization: string | undefined,
  anyOf: readonly string[],
): Tool {
  const token = /^Bearer ([\w-]+)$/i.exec(authorization ?? '')?.[1]
  const known = token === undefined ? undefined : lms.state.accessTokens[hashOf(token)]
  if (!known || known.expiresAt <= lms.now()) {
    throw new Refusal(401, 'invalid_token', 'The access token is missing, unknown or has expired.')
  }
  if (!anyOf.some((one) => known.scopes.includes(one))) {
    throw new Refusal(403, 'insufficient_scope', `This needs the scope ${anyOf.join(' or ')}.`)
  }
  return findTool(lms, known.toolId)
}
