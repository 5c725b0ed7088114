import { canvasPlacements, customParameters } from '../setup/canvas-configuration.ts'
import { advantageScopes, serviceScopes } from '../setup/scopes.ts'
import { toolAddresses, toolDescription, toolName } from '../setup/tool-addresses.ts'
import type { PlatformConfiguration } from './openid-configuration.ts'

const toolClaim = 'https://purl.imsglobal.org/spec/lti-tool-configuration'
const identityClaims = ['iss', 'sub', 'name', 'given_name', 'family_name']

export interface Wishes {
  /** Whether e-mail addresses are asked for; names and roles always are. */
  readonly email: boolean
}

/** The registration that is asked of an LMS (LTI Dynamic Registration §3.5.2). */
export function registrationRequest(
  publicUrl: string,
  platform: Pick<PlatformConfiguration, 'product' | 'scopes' | 'messages'>,
  { email }: Wishes,
): Record<string, unknown> {
  const { toolUrl, loginUrl, redirectUri, keysetUrl } = toolAddresses(publicUrl)
  return {
    application_type: 'web',
    response_types: ['id_token'],
    grant_types: ['implicit', 'client_credentials'],
    initiate_login_uri: loginUrl,
    redirect_uris: [redirectUri],
    client_name: toolName,
    client_uri: publicUrl,
    logo_uri: `${publicUrl}/assets/logo.svg`,
    jwks_uri: keysetUrl,
    token_endpoint_auth_method: 'private_key_jwt',
    scope: scopesFor(platform).join(' '),
    [toolClaim]: {
      // Moodle compares it with the host of the target link, port included.
      domain: new URL(publicUrl).host,
      description: toolDescription,
      target_link_uri: toolUrl,
      custom_parameters: { ...customParameters },
      claims: email ? [...identityClaims, 'email'] : identityClaims,
      messages: messagesFor(publicUrl, platform),
      ...(platform.product === 'canvas' ? canvasExtension(email) : {}),
    },
  }
}

/** Canvas answers 422 to a scope it does not list; where nothing is listed, all may be asked for. */
function scopesFor({ scopes }: Pick<PlatformConfiguration, 'scopes'>): readonly string[] {
  if (scopes === null) return advantageScopes
  const listed = serviceScopes.map(({ scope }) => scope).filter((scope) => scopes.includes(scope))
  return listed.length > 0 ? listed : advantageScopes
}

function messagesFor(
  publicUrl: string,
  { product, messages }: Pick<PlatformConfiguration, 'product' | 'messages'>,
): Record<string, unknown>[] {
  const { toolUrl, deepLinkUrl } = toolAddresses(publicUrl)
  const wanted = [
    { type: 'LtiResourceLinkRequest', target_link_uri: toolUrl, label: toolName },
    { type: 'LtiDeepLinkingRequest', target_link_uri: deepLinkUrl, label: toolName },
    { type: 'LtiSubmissionReviewRequest', target_link_uri: toolUrl, label: toolName },
  ]
  return wanted
    .filter(({ type }) => isSupported(type, messages))
    .map((message) => {
      const placements = product === 'canvas' ? placementsOf(message.type, messages) : []
      return placements.length === 0 ? message : { ...message, placements }
    })
}

/** Submission review is asked for only by name: not every LMS ignores what it does not know. */
function isSupported(type: string, messages: PlatformConfiguration['messages']): boolean {
  if (messages.length === 0) return type !== 'LtiSubmissionReviewRequest'
  return messages.some((message) => message.type === type)
}

function placementsOf(type: string, messages: PlatformConfiguration['messages']): string[] {
  const offered = messages.filter((message) => message.type === type)
  const isOffered = (placement: string) =>
    offered.some(({ placements }) => placements.some((one) => nameOf(one) === placement))
  return canvasPlacements
    .filter(({ message, placement }) => message === type && isOffered(placement))
    .map(({ placement }) => placement)
}

/** Canvas lists some placements as addresses of its own vocabulary. */
function nameOf(placement: string): string {
  return placement.split('/').at(-1) ?? placement
}

function canvasExtension(email: boolean): Record<string, unknown> {
  return {
    'https://canvas.instructure.com/lti/privacy_level': email ? 'public' : 'name_only',
    'https://canvas.instructure.com/lti/tool_id': 'edpsych-connect',
  }
}
