import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { RequestFacts } from '../../core/http/index.ts'

const Proof = z.object({
  jti: z.string().min(1).max(200),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  ath: z.string(),
})

const freshSeconds = 60

function wrong(why: string, cause?: unknown): AppError {
  return new AppError('dpop_proof_invalid', `The DPoP proof does not fit: ${why}`, { cause })
}

export interface ProofOptions {
  readonly token: string
  /** Thumbprint of the key that the token is bound to. */
  readonly jkt: string
  readonly publicUrl: string
  readonly now: Date
  /** False where this id was seen before. */
  seeOnce(id: string, expiresAt: Date): Promise<boolean>
}

/** RFC 9449 §4.3 and §7.1: the sender holds the key, and made this proof for this request with this token. */
export async function checkProof(
  request: Pick<RequestFacts, 'header' | 'method' | 'path'>,
  { token, jkt, publicUrl, now, seeOnce }: ProofOptions,
): Promise<void> {
  const jwt = request.header('dpop')
  if (jwt === undefined || !/^dpop /i.test(request.header('authorization') ?? '')) {
    throw new AppError(
      'dpop_proof_missing',
      'This token is bound to a key: send it as Authorization: DPoP … with a proof in the header DPoP',
    )
  }
  const { proof, thumbprint } = await readProof(jwt)
  if (thumbprint !== jkt) throw wrong('it is signed by another key than the token is bound to')
  if (proof.htm !== request.method) throw wrong('htm is not the method of this request')
  if (!isSameAddress(proof.htu, publicUrl + request.path)) {
    throw wrong('htu is not the address of this request')
  }
  const ageSeconds = now.getTime() / 1000 - proof.iat
  if (Math.abs(ageSeconds) > freshSeconds) throw wrong('iat is not now')
  if (proof.ath !== createHash('sha256').update(token).digest('base64url')) {
    throw wrong('ath is not the digest of this token')
  }
  const expiresAt = new Date(now.getTime() + 2 * freshSeconds * 1000)
  if (!(await seeOnce(`${jkt} ${proof.jti}`, expiresAt))) {
    throw new AppError('dpop_proof_replayed', 'This DPoP proof was used before; make a new one')
  }
}

async function readProof(jwt: string) {
  try {
    const { payload, protectedHeader } = await jwtVerify(jwt, EmbeddedJWK, {
      algorithms: ['ES256', 'EdDSA'],
      typ: 'dpop+jwt',
    })
    const { jwk } = protectedHeader
    if (!jwk) throw new TypeError('a proof carries its key')
    return { proof: Proof.parse(payload), thumbprint: await calculateJwkThumbprint(jwk) }
  } catch (cause) {
    throw wrong('it cannot be read or its signature is not right', cause)
  }
}

/** RFC 9449 §4.3.9: compared after normalisation, without query and fragment. */
function isSameAddress(given: string, wanted: string): boolean {
  if (!URL.canParse(given) || !URL.canParse(wanted)) return false
  const plain = (text: string) => {
    const url = new URL(text)
    return url.origin + url.pathname
  }
  return plain(given) === plain(wanted)
}
