import { randomUUID } from 'node:crypto'
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { SchoolUser } from '../school-data.ts'
import type { Vendor } from '../vendor.ts'
import { googleUserId } from './ids.ts'
import { hostedDomain, pushAccount } from './project.ts'
import { fullName } from './school.ts'

interface SigningKey {
  readonly kid: string
  readonly privateKey: GenerateKeyPairResult['privateKey']
  readonly publicJwk: JWK
}

let key: Promise<SigningKey> | undefined

function signingKey(): Promise<SigningKey> {
  key ??= makeKey()
  return key
}

async function makeKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const kid = randomUUID().replaceAll('-', '')
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  return { kid, privateKey, publicJwk }
}

/** The keys that sign identities of people and of service accounts alike. */
export async function publicKeys(): Promise<object> {
  return { keys: [(await signingKey()).publicJwk] }
}

async function sign(vendor: Vendor, audience: string, subject: string, claims: object) {
  const { kid, privateKey } = await signingKey()
  const now = Math.floor(vendor.now() / 1000)
  return new SignJWT({ ...claims, azp: subject })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
    .setIssuer(vendor.baseUrl)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + 3600)
    .sign(privateKey)
}

/** OpenID Connect Core §2: who signed in, as far as the scopes tell. */
export function idToken(
  vendor: Vendor,
  user: SchoolUser,
  {
    client,
    nonce,
    scopes,
  }: { readonly client: string; readonly nonce: string; readonly scopes: readonly string[] },
): Promise<string> {
  const tells = (name: string) =>
    scopes.includes(name) || scopes.includes(`https://www.googleapis.com/auth/userinfo.${name}`)
  return sign(vendor, client, googleUserId(user.id), {
    ...(nonce !== '' && { nonce }),
    hd: hostedDomain,
    ...(tells('email') && { email: user.email, email_verified: true }),
    ...(tells('profile') && {
      name: fullName(user),
      given_name: user.givenName,
      family_name: user.familyName,
      locale: 'en-GB',
    }),
  })
}

/** What Pub/Sub puts into the Authorization header of a push. */
export function pushToken(vendor: Vendor, audience: string, email: string): Promise<string> {
  const subject = email === pushAccount ? '117000000000000000001' : '117000000000000000002'
  return sign(vendor, audience, subject, { email, email_verified: true })
}
