import { z } from 'zod'
import {
  type ClassworkPurpose,
  type ConnectorClasswork,
  ConnectorError,
  verifySigned,
} from '../../connector-kit/index.ts'
import type { ClassroomContext, config, credentials } from './settings.ts'
import { askForTokens, codeGrant, isIssuer } from './tokens.ts'

type Classwork = ConnectorClasswork<z.output<typeof config>, z.output<typeof credentials>>

const classroom = (name: string) => `https://www.googleapis.com/auth/classroom.${name}`
const identity = ['openid', 'email', 'profile']
const reading = [...identity, classroom('courses.readonly'), classroom('rosters.readonly')]

/** Each purpose asks for what it needs alone. */
const scopes: Readonly<Record<ClassworkPurpose, readonly string[]>> = {
  attach: [...reading, classroom('addons.teacher')],
  learn: [...identity, classroom('courses.readonly'), classroom('addons.student')],
  open: reading,
  publish: [...reading, classroom('coursework.students'), classroom('topics.readonly')],
}

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
  const { tokens, idToken } = await askForTokens(ctx, codeGrant(grant))
  return { userId: await personOf(ctx, idToken ?? '', grant.nonce), tokens }
}

const Identity = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string().min(1).max(255),
  exp: z.number(),
  nonce: z.string(),
})

/** OpenID Connect Core §3.1.3.7: Google's number of the person, once everything about the token is right. */
async function personOf(ctx: ClassroomContext, idToken: string, nonce: string): Promise<string> {
  const { keysUrl, issuer } = ctx.config
  const payload = await verifySigned(ctx, idToken, {
    keySetUrl: keysUrl,
    algorithms: ['RS256'],
  }).catch((cause: unknown) => {
    if (cause instanceof ConnectorError && cause.kind === 'reject') throw unproven(cause)
    throw cause
  })
  const { data } = Identity.safeParse(payload)
  const isOurs =
    data !== undefined &&
    isIssuer(data.iss, issuer) &&
    data.aud === ctx.credentials.clientId &&
    data.nonce === nonce
  if (!isOurs) throw unproven()
  return data.sub
}

function unproven(cause?: ConnectorError): ConnectorError {
  return new ConnectorError('reject', 'Google did not say reliably who signed in. Try again.', {
    code: 'forbidden',
    ...(cause && { cause }),
  })
}
