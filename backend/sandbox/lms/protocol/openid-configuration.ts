import { endpoints, type Lms } from '../lms.ts'
import { permittedScopes } from './claim-names.ts'

const canvas = 'https://canvas.instructure.com/lti/'

/** What a tool reads before it registers itself (LTI Dynamic Registration §3.4). */
export function openIdConfiguration(lms: Lms): Record<string, unknown> {
  const { issuer, authorizationEndpoint, tokenEndpoint, jwksUri } = endpoints(lms)
  const isCanvas = lms.flavour.name === 'canvas'
  const selection = ['assignment_selection', 'link_selection', 'editor_button']
  return {
    issuer,
    authorization_endpoint: authorizationEndpoint,
    token_endpoint: tokenEndpoint,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256'],
    jwks_uri: jwksUri,
    registration_endpoint: `${lms.baseUrl}/lti/registration`,
    scopes_supported: permittedScopes,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['iss', 'sub', 'name', 'given_name', 'family_name', 'email'],
    'https://purl.imsglobal.org/spec/lti-platform-configuration': {
      product_family_code: lms.flavour.productFamily,
      version: '1',
      messages_supported: [
        {
          type: 'LtiResourceLinkRequest',
          ...(isCanvas ? { placements: [`${canvas}course_navigation`, 'course_navigation'] } : {}),
        },
        { type: 'LtiDeepLinkingRequest', ...(isCanvas ? { placements: selection } : {}) },
      ],
      variables: ['Context.id', 'User.id', 'ResourceLink.id'],
    },
  }
}
