import type { Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { type Launch, type Tool, useOnce } from '../state.ts'
import { testLearnerHint } from './launch-message.ts'
import { launchOfHint } from './launches.ts'

export type AuthParameters = Readonly<Record<string, string | undefined>>

/** What goes back to the tool by form post: a token to issue, or an error (OIDC Core §3.1.2.6). */
export type AuthOutcome =
  | { ok: true; tool: Tool; redirectUri: string; launch: Launch | 'test learner'; nonce: string }
  | { ok: false; tool: Tool; redirectUri: string; error: string; description: string }

type Complaint = { error: string; description: string } | undefined

const nonceMemoryMs = 24 * 3_600_000

/**
 * Decides about an authentication request. A request whose client or redirect URI is not registered
 * is a refusal shown here, for there is nobody safe to send an error to.
 */
export function authorize(lms: Lms, params: AuthParameters): AuthOutcome {
  const tool = knownTool(lms, params)
  const redirectUri = registeredRedirect(tool, params)
  const reply = { tool, redirectUri }
  const complaint = requestShape(params) ?? freshNonce(lms, tool, params) ?? simulatedError(lms)
  if (complaint) return { ok: false, ...reply, ...complaint }

  if (params['login_hint'] === testLearnerHint) {
    return { ok: true, ...reply, launch: 'test learner', nonce: params['nonce'] ?? '' }
  }
  const launch = launchOfHint(lms, params['lti_message_hint'] ?? '')
  const mismatch = launchMatches(launch, tool, params)
  if (mismatch || !launch) {
    return { ok: false, ...reply, ...(mismatch ?? invalid('lti_message_hint is not ours')) }
  }
  launch.step = 'authenticated'
  return { ok: true, ...reply, launch, nonce: params['nonce'] ?? '' }
}

function knownTool(lms: Lms, { client_id: clientId }: AuthParameters): Tool {
  const tool = lms.state.tools.find((candidate) => candidate.clientId === clientId)
  if (tool) return tool
  throw new Refusal(
    400,
    'unauthorized_client',
    `No tool is registered with the client id “${clientId ?? ''}”.`,
  )
}

/** LTI 1.3 Security Framework §5.1.1.2: the redirect URI must be one of the registered ones, exactly. */
function registeredRedirect(tool: Tool, { redirect_uri: uri }: AuthParameters): string {
  if (uri !== undefined && tool.redirectUris.includes(uri)) return uri
  throw new Refusal(
    400,
    'invalid_redirect_uri',
    `“${uri ?? ''}” is not among the redirect URIs registered for ${tool.name}.`,
  )
}

const invalid = (description: string) => ({ error: 'invalid_request', description })

const fixedParameters = [
  ['response_type', 'id_token', 'unsupported_response_type'],
  ['response_mode', 'form_post', 'invalid_request'],
  ['scope', 'openid', 'invalid_scope'],
  ['prompt', 'none', 'invalid_request'],
] as const

/** LTI 1.3 Security Framework §5.1.1.2: the parameters of an LTI authentication request. */
function requestShape(params: AuthParameters): Complaint {
  for (const [name, wanted, error] of fixedParameters) {
    if (params[name] !== wanted) return { error, description: `${name} must be ${wanted}` }
  }
  for (const name of ['login_hint', 'nonce']) {
    if (!params[name]) return invalid(`${name} is required`)
  }
  return undefined
}

function freshNonce(lms: Lms, tool: Tool, { nonce }: AuthParameters): Complaint {
  const now = lms.now()
  const key = `${tool.clientId} nonce ${nonce ?? ''}`
  if (useOnce(lms.state, key, now + nonceMemoryMs, now)) return undefined
  return invalid('this nonce was used before')
}

function simulatedError(lms: Lms): Complaint {
  if (!lms.state.faults.platformError) return undefined
  return { error: 'login_required', description: 'Please sign in to the LMS again' }
}

function launchMatches(launch: Launch | undefined, tool: Tool, params: AuthParameters): Complaint {
  if (!launch) return invalid('lti_message_hint was not echoed unchanged, or the launch is too old')
  if (launch.step !== 'started') return invalid('this launch was already answered')
  if (launch.toolId !== tool.id) return invalid('this launch belongs to another tool')
  if (launch.userId !== params['login_hint']) {
    return { error: 'login_required', description: 'login_hint is not the user who clicked' }
  }
  return undefined
}
