import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { z } from 'zod'
import {
  type ClassworkPerson,
  type ClassworkPurpose,
  type ConnectorClasswork,
  ConnectorError,
} from '../../connector-kit/index.ts'
import type { ClassroomContext, config, credentials } from './settings.ts'

type Classwork = ConnectorClasswork<z.output<typeof config>, z.output<typeof credentials>>

const classroom = (name: string) => `https://www.googleapis.com/auth/classroom.${name}`
const identity = ['openid', 'email', 'profile']
const reading = [...identity, classroom('courses.readonly'), classroom('rosters.readonly')]

/** Each purpose asks for what it needs alone. */
const scopes: Readonly<Record<ClassworkPurpose, readonly string[]>> = {
  attach: [...reading, classroom('addons.teacher')],
  learn: [...identity, classroom('courses.readonly'), classroom('addons.student')],
  open: reading,
  publish: [...reading, classroom('coursework.students')],
}

const Tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive().optional(),
  id_token: z.string().min(1),
})

/** Google's sign-in for a person of a course (OpenID Connect with PKCE). */
export const authorizationUrl: Classwork['authorizationUrl'] = (request) => {
  const url = new URL(request.config.authorisationUrl)
  const keeps = request.purpose === 'attach' || request.purpose === 'publish'
  url.search = new URLSearchParams({
    client_id: request.credentials.clientId,
    response_type: 'code',
    redirect_uri: request.redirectUri,
    state: request.state,
    nonce: request.nonce,
    scope: scopes[request.purpose].join(' '),
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    include_granted_scopes: 'true',
    ...(keeps && { access_type: 'offline' }),
    ...(request.asksAgain && { prompt: 'consent' }),
    ...(request.loginHint !== null && { login_hint: request.loginHint }),
  }).toString()
  return url.href
}

export const redeem: Classwork['redeem'] = async (ctx, grant) => {
  const { clientId, clientSecret } = ctx.credentials
  const answer = await ctx.http.post(ctx.config.tokenUrl, Tokens, {
    form: {
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'authorization_code',
      code: grant.code,
      redirect_uri: grant.redirectUri,
      code_verifier: grant.codeVerifier,
    },
  })
  return {
    userId: await personOf(ctx, answer.id_token, grant.nonce),
    tokens: {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token,
      expiresInSeconds: answer.expires_in,
    },
  } satisfies ClassworkPerson
}

const Keys = z.looseObject({ keys: z.array(z.looseObject({})) })

/** OpenID Connect Core §3.1.3.7: Google's number of the person, once everything about the token is right. */
async function personOf(ctx: ClassroomContext, idToken: string, nonce: string): Promise<string> {
  const { keysUrl, issuer } = ctx.config
  const keys = createRemoteJWKSet(new URL(keysUrl), {
    [customFetch]: async () => Response.json(await ctx.http.get(keysUrl, Keys, { isPublic: true })),
  })
  const { payload } = await jwtVerify(idToken, keys, {
    issuer: [issuer, issuer.replace('https://', '')],
    audience: ctx.credentials.clientId,
    algorithms: ['RS256'],
    clockTolerance: 60,
    currentDate: ctx.now(),
  }).catch((cause: unknown) => {
    if (cause instanceof ConnectorError) throw cause
    throw new ConnectorError('reject', 'Google did not say reliably who signed in. Try again.', {
      code: 'forbidden',
    })
  })
  if (payload['nonce'] !== nonce || !payload.sub) {
    throw new ConnectorError('reject', 'The answer of Google belongs to another sign-in.', {
      code: 'forbidden',
    })
  }
  return payload.sub
}
