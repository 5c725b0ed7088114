import type { Route } from '../../../shared/api/contract.ts'
import { launchOnly, type Scope, scopes, sensitiveScopes } from '../../../shared/scopes.ts'
import type { Json } from './json.ts'

/** How a caller of this operation may show who it is. */
export function securityOf(route: Route): Json[] {
  if (route.access === 'public') return route.recognises ? [{}, { bearer: [] }] : []
  if (route.access === 'staff') return [{ session: [] }]
  const wanted = route.scope ? [route.scope] : []
  const isGuestsOnly = route.scope !== undefined && launchOnly.includes(route.scope)
  if (isGuestsOnly) return [{ bearer: wanted }]
  return [{ bearer: wanted }, { oauth: wanted }, { session: [] }]
}

export function securitySchemes(serverUrl: string): Json {
  const sentences = Object.fromEntries(
    Object.entries(scopes)
      // Keys of the table just read.
      .filter(([scope]) => !launchOnly.includes(scope as Scope))
      .map(([scope, sentence]) => [
        scope,
        sensitiveScopes.includes(scope as Scope)
          ? `${sentence}; needs an administrator's approval`
          : sentence,
      ]),
  )
  const tokenUrl = `${serverUrl}/oauth/token`
  return {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description:
        'An API key (`edp_live_…`, `edp_test_…`), or the token of a launch. The scopes of an operation are the rights that the key must hold.',
    },
    oauth: {
      type: 'oauth2',
      description: 'Access tokens of ten minutes; PKCE always, DPoP and PAR where wanted.',
      flows: {
        authorizationCode: {
          authorizationUrl: `${serverUrl}/oauth/auth`,
          tokenUrl,
          refreshUrl: tokenUrl,
          scopes: sentences,
        },
        clientCredentials: { tokenUrl, scopes: sentences },
      },
    },
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: 'edp_session',
      description: 'A signed-in member of staff in the browser; writes also carry `X-CSRF-Token`.',
    },
  }
}
