import { z } from 'zod'
import type { LmsProduct } from '../../../../shared/api/lti.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { Outgoing } from '../../../core/outgoing/index.ts'
import { wordsOf } from '../setup/read-answer.ts'

const platformClaim = 'https://purl.imsglobal.org/spec/lti-platform-configuration'

const SupportedMessage = z.looseObject({
  type: z.string(),
  placements: z.array(z.string()).optional().catch(undefined),
})

const OpenIdConfiguration = z.looseObject({
  issuer: z.url().max(500),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  registration_endpoint: z.url(),
  scopes_supported: z.array(z.string()).optional().catch(undefined),
  [platformClaim]: z
    .looseObject({
      product_family_code: z.string().optional().catch(undefined),
      messages_supported: z.array(SupportedMessage).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})

/** What an LMS says of itself (LTI Dynamic Registration §3.4). */
export interface PlatformConfiguration {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  readonly registrationEndpoint: string
  /** Null: it does not say. */
  readonly scopes: readonly string[] | null
  readonly messages: readonly { readonly type: string; readonly placements: readonly string[] }[]
  readonly product: LmsProduct
}

/** LTI Dynamic Registration §3.4: read with the registration token, where the LMS gave one. */
export async function fetchConfiguration(
  outgoing: Pick<Outgoing, 'request'>,
  address: string,
  registrationToken: string | null,
): Promise<PlatformConfiguration> {
  const answer = await outgoing
    .request({
      url: address,
      purpose: 'lti.registration.configuration',
      headers: { accept: 'application/json', ...bearer(registrationToken) },
      maxBytes: 256 * 1024,
      ownBreaker: true,
    })
    .catch((cause: unknown) => {
      throw invalid(cause instanceof AppError ? cause.message : 'it cannot be reached', cause)
    })
  if (answer.status !== 200) {
    throw invalid(`its address answers with status ${answer.status}: ${wordsOf(answer.text)}`)
  }
  const configuration = readConfiguration(answer.text)
  checkIssuerHost(configuration.issuer, address)
  return configuration
}

/** Canvas answers without it only to those who are signed in. */
export function bearer(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

function readConfiguration(text: string): PlatformConfiguration {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw invalid('its address leads to something that is not JSON', cause)
  }
  const result = OpenIdConfiguration.safeParse(parsed)
  if (!result.success) {
    const missing = [...new Set(result.error.issues.map(({ path }) => String(path[0])))]
    throw invalid(`it lacks a usable ${missing.join(', ')}`)
  }
  const { data } = result
  const platform = data[platformClaim]
  const family = platform?.product_family_code ?? ''
  return {
    issuer: data.issuer,
    authorizationEndpoint: data.authorization_endpoint,
    tokenEndpoint: data.token_endpoint,
    jwksUri: data.jwks_uri,
    registrationEndpoint: data.registration_endpoint,
    scopes: data.scopes_supported ?? null,
    messages: (platform?.messages_supported ?? []).map(({ type, placements = [] }) => ({
      type,
      placements,
    })),
    product: productOf(family),
  }
}

function productOf(family: string): LmsProduct {
  const name = family.toLowerCase()
  if (name.includes('moodle')) return 'moodle'
  if (name.includes('canvas')) return 'canvas'
  return name.includes('blackboard') ? 'blackboard' : 'other'
}

/** These serve every school from one issuer, and the registration from hosts beside it. */
const families: readonly (readonly string[])[] = [
  ['instructure.com', 'canvaslms.com'],
  ['blackboard.com', 'anthology.com'],
]

/** LTI Dynamic Registration §3.5.1: the issuer must be at the host that spoke for it. */
function checkIssuerHost(issuer: string, address: string): void {
  const mine = new URL(issuer)
  const asked = new URL(address)
  if (mine.host === asked.host) return
  const isBothIn = (family: readonly string[]) =>
    family.some((domain) => isWithin(mine.hostname, domain)) &&
    family.some((domain) => isWithin(asked.hostname, domain))
  if (mine.protocol === 'https:' && asked.protocol === 'https:' && families.some(isBothIn)) return
  throw invalid(`it names the issuer ${issuer}, which is not at ${asked.host}`)
}

function isWithin(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`)
}

function invalid(reason: string, cause?: unknown): AppError {
  return new AppError(
    'lti_registration_platform_invalid',
    `The configuration of the LMS cannot be used: ${reason}`,
    { cause },
  )
}
