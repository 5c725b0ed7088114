import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JWTPayload,
  errors as joseErrors,
  jwtVerify,
} from 'jose'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { type OAuthDeps, resourceOf } from './deps.ts'
import { type KeySet, type SigningKeys, signingAlgorithm } from './keys/signing-keys.ts'

export const AccessClaims = z.object({
  iss: z.string(),
  jti: z.string().min(1),
  sub: z.string().min(1),
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
  client_id: z.string().min(1),
  tenant: z.string().min(1),
  grant_id: z.string().optional(),
  scope: z.string().default(''),
  cnf: z.object({ jkt: z.string().optional() }).optional(),
})
export type AccessClaims = z.output<typeof AccessClaims>

const skewSeconds = 60

function refuse(code: 'token_invalid' | 'token_wrong_issuer' | 'token_wrong_type', why: string) {
  return new AppError(code, why)
}

/** What a token says of itself; believed only for the choice of the refusal. */
function peek(token: string): { typ: unknown; alg: unknown; kid: unknown; iss: unknown } {
  try {
    const { typ, alg, kid } = decodeProtectedHeader(token)
    return { typ, alg, kid, iss: decodeJwt(token).iss }
  } catch (error) {
    throw new AppError('token_invalid', 'This is no access token of this server', { cause: error })
  }
}

/**
 * RFC 9068 §4: type, algorithm, signature, issuer, audience and time of an access token.
 * The algorithm is ours and not the token's; whatever else a header offers is not looked at.
 */
export function createTokenVerifier(
  { settings, now }: Pick<OAuthDeps, 'settings' | 'now'>,
  keys: Pick<SigningKeys, 'current' | 'renewed'>,
) {
  const verifiers = new WeakMap<KeySet, ReturnType<typeof createLocalJWKSet>>()

  function verifierOf(set: KeySet) {
    const known = verifiers.get(set)
    if (known) return known
    const publicKeys = set.jwks.map(({ kty, crv, x, y, kid, alg, use }) =>
      // A member that is absent must be left out.
      JSON.parse(JSON.stringify({ kty, crv, x, y, kid, alg, use })),
    )
    const made = createLocalJWKSet({ keys: publicKeys })
    verifiers.set(set, made)
    return made
  }

  async function keySetFor(kid: unknown): Promise<KeySet> {
    const set = await keys.current()
    const isKnown = set.jwks.some((jwk) => jwk.kid === kid)
    // Another process may have rotated; an invented kid costs one read in 30 s at most.
    return isKnown || !mayRenew() ? set : keys.renewed()
  }

  let renewedAt = Number.NEGATIVE_INFINITY
  function mayRenew(): boolean {
    if (performance.now() - renewedAt < 30_000) return false
    renewedAt = performance.now()
    return true
  }

  return async (token: string): Promise<AccessClaims> => {
    const { typ, alg, kid, iss } = peek(token)
    if (iss !== settings.publicUrl) {
      throw refuse('token_wrong_issuer', `This token is not of ${settings.publicUrl}`)
    }
    if (alg !== signingAlgorithm) {
      throw refuse('token_invalid', `Access tokens are signed with ${signingAlgorithm}`)
    }
    if (typeof typ !== 'string' || !/^(application\/)?at\+jwt$/i.test(typ)) {
      throw refuse('token_wrong_type', 'This token is not an access token (typ at+jwt)')
    }
    const verifier = verifierOf(await keySetFor(kid))
    const payload = await verify(token, verifier, settings.publicUrl, resourceOf(settings), now())
    const claims = AccessClaims.safeParse(payload)
    if (!claims.success) throw refuse('token_invalid', 'This access token lacks a claim')
    return claims.data
  }
}

async function verify(
  token: string,
  verifier: ReturnType<typeof createLocalJWKSet>,
  issuer: string,
  audience: string,
  currentDate: Date,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, verifier, {
      algorithms: [signingAlgorithm],
      issuer,
      audience,
      clockTolerance: skewSeconds,
      currentDate,
      requiredClaims: ['exp', 'iat'],
    })
    return payload
  } catch (cause) {
    if (cause instanceof joseErrors.JWTExpired) {
      throw new AppError('token_expired', 'This access token has expired; ask for a new one', {
        cause,
      })
    }
    if (cause instanceof joseErrors.JWTClaimValidationFailed && cause.claim === 'aud') {
      throw new AppError('token_wrong_audience', `This access token is not for ${audience}`, {
        cause,
      })
    }
    throw new AppError('token_invalid', 'The signature of this access token is not right', {
      cause,
    })
  }
}
