import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose'
import type { Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import type { Tool } from '../state.ts'

const timeoutMs = 5000
const sizeLimit = 200_000
const clockSkewSeconds = 60

/**
 * Verifies a token the tool signed, with the keys it publishes now. The keyset is fetched each time:
 * a sandbox sees few tokens, and a tool under development changes its keys often.
 */
export async function verifyToolToken(
  lms: Lms,
  tool: Tool,
  token: string,
  expected: Pick<JWTVerifyOptions, 'audience' | 'issuer' | 'subject'>,
): Promise<JWTPayload> {
  const keyset = await fetchKeyset(lms, tool)
  try {
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keyset), {
      ...expected,
      algorithms: ['RS256'],
      clockTolerance: clockSkewSeconds,
      currentDate: new Date(lms.now()),
      requiredClaims: ['iss', 'aud', 'exp', 'iat'],
    })
    if (!protectedHeader.kid) throw new errors.JWTInvalid('the header names no key (kid)')
    if ((payload.iat ?? 0) > lms.now() / 1000 + clockSkewSeconds) {
      throw new errors.JWTInvalid('"iat" lies in the future')
    }
    return payload
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Refusal(400, 'invalid_token', `The tool’s token is not valid: ${reason}.`, { cause })
  }
}

async function fetchKeyset(lms: Lms, tool: Tool): Promise<JSONWebKeySet> {
  try {
    const answer = await lms.fetch(tool.jwksUri, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await answer.text()
    if (!answer.ok) throw new TypeError(`status ${answer.status}`)
    if (text.length > sizeLimit) throw new TypeError('the answer is too large')
    const keyset: unknown = JSON.parse(text)
    if (!isKeyset(keyset)) throw new TypeError('the answer is not a keyset')
    return keyset
  } catch (cause) {
    throw new Refusal(
      400,
      'keyset_unavailable',
      `The keyset of ${tool.name} at ${tool.jwksUri} could not be read.`,
      { cause },
    )
  }
}

function isKeyset(value: unknown): value is JSONWebKeySet {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys)
}
