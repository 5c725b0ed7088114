import type { LmsProduct } from '../../../../shared/api/lti.ts'
import { canvasConfiguration } from './canvas-configuration.ts'
import { type ToolAddresses, toolAddresses, toolDescription, toolName } from './tool-addresses.ts'

interface SetUpValue {
  readonly name: string
  readonly value: string
}

/** Everything an administrator copies into one kind of LMS, and what is known of that LMS beforehand. */
export function setUpOf(publicUrl: string, product: LmsProduct) {
  const addresses = toolAddresses(publicUrl)
  return {
    ...addresses,
    product,
    values: valuesOf[product](addresses, publicUrl),
    json: product === 'canvas' ? canvasConfiguration(addresses, publicUrl) : null,
    platform: { ...platformAddresses[product] },
  }
}

const valuesOf: Readonly<
  Record<LmsProduct, (addresses: ToolAddresses, publicUrl: string) => SetUpValue[]>
> = {
  moodle: ({ toolUrl, loginUrl, redirectUri, keysetUrl, deepLinkUrl }) => [
    { name: 'Tool name', value: toolName },
    { name: 'Tool URL', value: toolUrl },
    { name: 'LTI version', value: 'LTI 1.3' },
    { name: 'Public key type', value: 'Keyset URL' },
    { name: 'Public keyset', value: keysetUrl },
    { name: 'Initiate login URL', value: loginUrl },
    { name: 'Redirection URI(s)', value: redirectUri },
    { name: 'Tool configuration usage', value: 'Show in activity chooser' },
    { name: 'Default launch container', value: 'Embed, without blocks' },
    { name: 'Supports Deep Linking (Content-Item Message)', value: 'Yes' },
    { name: 'Content Selection URL', value: deepLinkUrl },
    {
      name: 'IMS LTI Assignment and Grade Services',
      value: 'Use this service for grade sync and column management',
    },
    {
      name: 'IMS LTI Names and Role Provisioning',
      value: "Use this service to retrieve members' information as per privacy settings",
    },
    { name: "Share launcher's name with tool", value: 'Always' },
    { name: "Share launcher's email with tool", value: 'Never' },
    { name: 'Accept grades from the tool', value: 'Delegate to teacher' },
  ],
  canvas: ({ toolUrl, loginUrl, redirectUri, keysetUrl }) => [
    { name: 'Key Name', value: toolName },
    { name: 'Redirect URIs', value: redirectUri },
    { name: 'Title', value: toolName },
    { name: 'Description', value: toolDescription },
    { name: 'Target Link URI', value: toolUrl },
    { name: 'OpenID Connect Initiation Url', value: loginUrl },
    { name: 'JWK Method', value: 'Public JWK URL' },
    { name: 'Public JWK URL', value: keysetUrl },
  ],
  blackboard: ({ toolUrl, loginUrl, redirectUri, keysetUrl }, publicUrl) => [
    { name: 'Application Name', value: toolName },
    { name: 'Description', value: toolDescription },
    { name: 'Domain(s)', value: new URL(publicUrl).host },
    { name: 'Login Initiation URL', value: loginUrl },
    { name: 'Tool Redirect URL(s)', value: redirectUri },
    { name: 'Tool JWKS URL', value: keysetUrl },
    { name: 'Signing Algorithm', value: 'RS256' },
    { name: 'Target Link URI of a placement', value: toolUrl },
  ],
  other: ({ toolUrl, loginUrl, redirectUri, keysetUrl, deepLinkUrl }) => [
    { name: 'Tool URL (target link URI)', value: toolUrl },
    { name: 'Login initiation URL', value: loginUrl },
    { name: 'Redirect URI', value: redirectUri },
    { name: 'Public keyset URL (JWKS)', value: keysetUrl },
    { name: 'Deep linking URL', value: deepLinkUrl },
  ],
}

/** `{address}` is the web address of the LMS and `{clientId}` what it calls this tool. */
const platformAddresses = {
  moodle: {
    issuer: '{address}',
    authorizationEndpoint: '{address}/mod/lti/auth.php',
    tokenEndpoint: '{address}/mod/lti/token.php',
    jwksUri: '{address}/mod/lti/certs.php',
  },
  // One issuer for every school that Instructure hosts.
  canvas: {
    issuer: 'https://canvas.instructure.com',
    authorizationEndpoint: 'https://sso.canvaslms.com/api/lti/authorize_redirect',
    tokenEndpoint: 'https://sso.canvaslms.com/login/oauth2/token',
    jwksUri: 'https://sso.canvaslms.com/api/lti/security/jwks',
  },
  blackboard: {
    issuer: 'https://blackboard.com',
    authorizationEndpoint: 'https://developer.blackboard.com/api/v1/gateway/oidcauth',
    tokenEndpoint: 'https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken',
    jwksUri: 'https://developer.blackboard.com/api/v1/management/applications/{clientId}/jwks.json',
  },
  other: { issuer: null, authorizationEndpoint: null, tokenEndpoint: null, jwksUri: null },
} as const
