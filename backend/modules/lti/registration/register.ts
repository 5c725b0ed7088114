import { z } from 'zod'
import type { LmsProduct } from '../../../../shared/api/lti.ts'
import { AppError } from '../../../../shared/errors.ts'
import type { Outgoing } from '../../../core/outgoing/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { findPlatformOf } from '../platforms/platform-store.ts'
import { createPlatform, type PlatformDeps, updatePlatform } from '../platforms/platforms.ts'
import { wordsOf } from '../setup/read-answer.ts'
import { holdLink, type LinkRow, releaseLink, spendLink } from './link-store.ts'
import { openLink } from './links.ts'
import { bearer, fetchConfiguration, type PlatformConfiguration } from './openid-configuration.ts'
import { registrationRequest, type Wishes } from './registration-request.ts'

const toolClaim = 'https://purl.imsglobal.org/spec/lti-tool-configuration'
/** Longer than both calls to the LMS may take. */
const heldMs = 60_000

export interface RegisterDeps {
  readonly publicUrl: string
  readonly clock: () => Date
  readonly outgoing: Pick<Outgoing, 'request'>
  readonly platforms: PlatformDeps
}

export interface RegistrationCall {
  readonly token: string
  readonly configurationUrl: string
  readonly registrationToken: string | null
}

export interface Registered {
  readonly name: string
  readonly product: LmsProduct
  readonly isNew: boolean
  /** False: the LMS names its deployment only at the first launch. */
  readonly hasDeployment: boolean
}

const Registration = z.looseObject({
  client_id: z.coerce.string().min(1).max(255),
  scope: z.string().optional().catch(undefined),
  [toolClaim]: z
    .looseObject({ deployment_id: z.coerce.string().min(1).max(255).optional().catch(undefined) })
    .optional()
    .catch(undefined),
})

/** LTI Dynamic Registration §3.5: the tool in the LMS, then the LMS here; the link is spent on success. */
export async function register(
  deps: RegisterDeps,
  requestId: string,
  call: RegistrationCall,
  wishes: Wishes,
): Promise<Registered> {
  const link = await openLink(call.token, deps.clock())
  const now = deps.clock()
  if (!(await holdLink(link, now, new Date(now.getTime() + heldMs)))) {
    throw new AppError('lti_registration_link_unknown', 'This link is being used at this moment')
  }
  try {
    const configuration = await fetchConfiguration(
      deps.outgoing,
      call.configurationUrl,
      call.registrationToken,
    )
    checkAddresses(deps, configuration)
    const answer = await askPlatform(deps, configuration, call.registrationToken, wishes)
    const done = await keep(deps, contextOf(link, requestId), link, configuration, answer)
    await spendLink(link, deps.clock())
    return done
  } catch (error) {
    await releaseLink(link)
    throw error
  }
}

/** Works for the administrator who made the link; the audit leads from it to them. */
function contextOf({ _id, tenantId }: LinkRow, requestId: string): TenantContext {
  return {
    tenantId,
    principal: { kind: 'system', id: _id },
    scopes: new Set(['lti.write']),
    requestId,
  }
}

/** Before the LMS is asked: what cannot be kept here afterwards would leave half a registration there. */
function checkAddresses({ platforms }: RegisterDeps, configuration: PlatformConfiguration): void {
  const { authorizationEndpoint, tokenEndpoint, jwksUri } = configuration
  try {
    for (const url of [authorizationEndpoint, tokenEndpoint, jwksUri]) {
      platforms.outgoing.checkUrl(url, url)
    }
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause
    throw new AppError('lti_registration_platform_invalid', cause.message, { cause })
  }
}

async function askPlatform(
  { outgoing, publicUrl }: RegisterDeps,
  configuration: PlatformConfiguration,
  registrationToken: string | null,
  wishes: Wishes,
): Promise<z.output<typeof Registration>> {
  const answer = await outgoing
    .request({
      url: configuration.registrationEndpoint,
      purpose: 'lti.registration.register',
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        ...bearer(registrationToken),
      },
      body: JSON.stringify(registrationRequest(publicUrl, configuration, wishes)),
      timeoutMs: 20_000,
      ownBreaker: true,
    })
    .catch((cause: unknown) => {
      throw refused(cause instanceof AppError ? cause.message : 'it cannot be reached', cause)
    })
  if (answer.status < 200 || answer.status > 299) {
    // Moodle explains itself in plain text, Canvas in JSON, others with a page.
    throw refused(`status ${answer.status}: ${wordsOf(answer.text) || 'without an explanation'}`)
  }
  try {
    return answer.json(Registration)
  } catch (cause) {
    throw refused('it answered without a client id', cause)
  }
}

/** A registration of the same issuer is changed: registering again must not leave two. */
async function keep(
  { platforms }: RegisterDeps,
  ctx: TenantContext,
  link: LinkRow,
  configuration: PlatformConfiguration,
  answer: z.output<typeof Registration>,
): Promise<Registered> {
  const { issuer, authorizationEndpoint, tokenEndpoint, jwksUri } = configuration
  const clientId = answer.client_id
  const deploymentId = answer[toolClaim]?.deployment_id
  const product = configuration.product === 'other' ? link.product : configuration.product
  const services =
    answer.scope === undefined ? null : { scopes: answer.scope.split(/\s+/).filter(Boolean) }
  const registered = { registeredBy: 'dynamic', services } as const
  const addresses = { issuer, clientId, authorizationEndpoint, tokenEndpoint, jwksUri }
  const result = { product: product ?? 'other', hasDeployment: deploymentId !== undefined } as const
  const given = deploymentId === undefined ? [] : [deploymentId]

  const known =
    (await findPlatformOf(ctx, { issuer, clientId })) ??
    (await findPlatformOf(ctx, { issuer, registeredBy: 'dynamic' }))
  if (known === null) {
    const name = link.name ?? new URL(issuer).host
    const deploymentIds = given
    const body = { ...addresses, name, deploymentIds, product: result.product }
    await createPlatform(platforms, ctx, body, registered)
    return { ...result, name, isNew: true }
  }
  // Deployments of a client that the LMS has replaced are gone with it.
  const kept = known.clientId === clientId ? known.deploymentIds : []
  const patch = {
    ...addresses,
    name: link.name ?? known.name,
    deploymentIds: [...new Set([...kept, ...given])],
    product: result.product,
  }
  await updatePlatform(platforms, ctx, known._id, patch, undefined, registered)
  return { ...result, name: patch.name, isNew: false }
}

function refused(reason: string, cause?: unknown): AppError {
  return new AppError('lti_registration_refused', `The LMS did not accept it: ${reason}`, { cause })
}
