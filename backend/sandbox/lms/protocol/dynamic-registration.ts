import { randomBytes } from 'node:crypto'
import { findTool, type Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import type { Tool } from '../state.ts'
import { changeTool, registerTool } from '../tool-registration.ts'
import { permittedScopes } from './claim-names.ts'
import { recordOf } from './log-step.ts'

type Fields = Readonly<Record<string, unknown>>

const toolClaim = 'https://purl.imsglobal.org/spec/lti-tool-configuration'
const privacyClaim = 'https://canvas.instructure.com/lti/privacy_level'
const openForMs = 3_600_000

/** Opens the way for one registration by a tool; `toolId`: it changes that tool instead of adding one. */
export function openRegistration(lms: Lms, toolId?: string): string {
  const token = randomBytes(24).toString('base64url')
  lms.state.registrations[token] = {
    expiresAt: lms.now() + openForMs,
    ...(toolId === undefined ? {} : { toolId }),
  }
  return token
}

/** A registration token that is still good. */
export function checkRegistrationToken(lms: Lms, authorization: string | undefined): string {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
  const open = Object.hasOwn(lms.state.registrations, token)
    ? lms.state.registrations[token]
    : undefined
  if (open && open.expiresAt > lms.now()) return token
  throw new Refusal(401, 'invalid_token', 'The registration token is missing, used or too old.')
}

/** LTI Dynamic Registration §3.5: makes or changes a tool as it asks, and uses the token up. */
export function registerDynamically(
  lms: Lms,
  authorization: string | undefined,
  body: Fields,
): Record<string, unknown> {
  const token = checkRegistrationToken(lms, authorization)
  const configuration = recordOf(body[toolClaim])
  if (lms.flavour.name === 'canvas') checkAsCanvas(body, configuration)
  else checkAsMoodle(configuration)
  const fields = fieldsOf(lms, body, configuration)
  const toolId = lms.state.registrations[token]?.toolId
  const tool =
    toolId === undefined
      ? registerTool(lms, fields)
      : changeTool(lms, findTool(lms, toolId), fields)
  delete lms.state.registrations[token]
  return registrationAnswer(lms, tool, body, configuration)
}

function fieldsOf(lms: Lms, body: Fields, configuration: Fields): Fields {
  const messages = Array.isArray(configuration['messages']) ? configuration['messages'] : []
  const deepLinking = messages
    .map(recordOf)
    .find((message) => message['type'] === 'LtiDeepLinkingRequest')
  return {
    name: body['client_name'],
    toolUrl: configuration['target_link_uri'],
    loginUrl: body['initiate_login_uri'],
    redirectUris: body['redirect_uris'],
    jwksUri: body['jwks_uri'],
    deepLinkUrl: deepLinking?.['target_link_uri'],
    shares:
      lms.flavour.name === 'canvas' ? canvasShares(configuration) : claimShares(configuration),
  }
}

function claimShares(configuration: Fields) {
  const claims: unknown[] = Array.isArray(configuration['claims']) ? configuration['claims'] : []
  return { names: claims.includes('name'), email: claims.includes('email') }
}

function canvasShares(configuration: Fields) {
  const level = configuration[privacyClaim]
  return { names: level === 'public' || level === 'name_only', email: level === 'public' }
}

/** Moodle compares the domain with the host of the target link, port included, and explains itself in plain text. */
function checkAsMoodle(configuration: Fields): void {
  const target = String(configuration['target_link_uri'] ?? '')
  if (URL.canParse(target) && new URL(target).host === configuration['domain']) return
  throw new Refusal(400, 'plain_text', 'domain_targetlinkuri_mismatch')
}

/** Canvas answers 422 to custom values that are no strings and to scopes it does not know. */
function checkAsCanvas(body: Fields, configuration: Fields): void {
  const custom = Object.values(recordOf(configuration['custom_parameters']))
  if (custom.some((value) => typeof value !== 'string')) {
    throw new Refusal(422, 'invalid_registration', 'custom_parameters must be strings')
  }
  const unknown = String(body['scope'] ?? '')
    .split(' ')
    .find((scope) => !permittedScopes.includes(scope))
  if (unknown !== undefined) {
    throw new Refusal(422, 'invalid_registration', `scope ${unknown} is not supported`)
  }
}

function registrationAnswer(
  lms: Lms,
  tool: Tool,
  body: Fields,
  configuration: Fields,
): Record<string, unknown> {
  // Canvas gives the deployment its id later, when the tool is put into an account.
  const deployment = lms.flavour.name === 'canvas' ? {} : { deployment_id: tool.deploymentId }
  return {
    ...body,
    client_id: tool.clientId,
    scope: permittedScopes.join(' '),
    [toolClaim]: { ...configuration, ...deployment },
  }
}
