import { AppError } from '../../../shared/errors.ts'
import { submissionOfPath, targetOfPath } from '../../../shared/lti.ts'
import type { TokenSealer } from '../../core/secrets/index.ts'
import { systemContext } from '../../core/tenancy.ts'
import { type Binding, bindingKey, readBinding } from './binding.ts'
import { checkAudience } from './checks/audience.ts'
import { checkDeepLinkingSettings, checkMayDeepLink } from './checks/deep-linking-settings.ts'
import { checkDeployment } from './checks/deployment.ts'
import { checkForUser } from './checks/for-user.ts'
import { checkIssuer } from './checks/issuer.ts'
import { checkMessageType } from './checks/message-type.ts'
import { checkNonce, nonceReused } from './checks/nonce.ts'
import { checkResourceLink } from './checks/resource-link.ts'
import { checkRoles } from './checks/roles-claim.ts'
import { checkSignature } from './checks/signature.ts'
import { checkState } from './checks/state.ts'
import { checkSubject } from './checks/subject.ts'
import { checkTargetLinkUri } from './checks/target-link-uri.ts'
import { checkTimes } from './checks/times.ts'
import { checkTokenHeader } from './checks/token-header.ts'
import { checkVersion } from './checks/version.ts'
import type { Claims } from './claim-names.ts'
import { readHistory } from './copies/copy-history.ts'
import { inheritChoice } from './copies/inherit-choice.ts'
import type { TargetCatalogue } from './deep-linking/answer-deep-link.ts'
import { frameOrigins } from './frame-ancestors.ts'
import type { Keysets } from './keysets.ts'
import { issueCode, type LaunchCode } from './launch-code.ts'
import { readLaunchForm } from './launch-form.ts'
import { type Message, toLaunchRecord } from './launch-message.ts'
import { type KnownLogin, openState } from './login-state.ts'
import {
  mentionedUrls,
  readContext,
  readLocale,
  readReturnUrl,
  readScoreService,
  readServices,
} from './optional-claims.ts'
import type { PlatformRow } from './platforms/platform-store.ts'
import type { Registrations } from './platforms/registrations.ts'
import { type Choice, findChoice } from './resource-link-store.ts'
import { selectPlatform } from './select-platform.ts'
import { insertLaunch, insertLostLaunch } from './session-store.ts'

/** What is never opened is kept until neither its state nor its code can come back, on any machine's clock. */
const keptUnopenedMs = 2 * 60_000

export interface LaunchDeps {
  readonly publicUrl: string
  readonly clock: () => Date
  readonly keysets: Keysets
  readonly registrations: Registrations
  readonly states: TokenSealer
  /** Refuses an address that this installation may not send people or answers to. */
  checkUrl(url: string): void
  readonly targets: Pick<TargetCatalogue, 'stepsOf'>
}

/** What the browser brought along with the form. */
export interface LaunchRequest {
  readonly body: unknown
  readonly cookie: string | undefined
  readonly origin: string | undefined
}

export type LaunchOutcome = {
  readonly platform: PlatformRow
  readonly frameOrigins: readonly string[]
  readonly bindingKey: string
} & (
  | { readonly kind: 'accepted'; readonly code: LaunchCode }
  /** No cookie survived: the page must prove that this browser began the login. */
  | {
      readonly kind: 'unproven'
      readonly state: string
      readonly login: KnownLogin
      readonly storageTarget: string | null
    }
)

/** LTI 1.3 §5: every check that needs no browser, then the single use of the state, then its browser. */
export async function launch(
  deps: LaunchDeps,
  request: LaunchRequest,
  onPlatform: (platform: PlatformRow) => void = () => {},
): Promise<LaunchOutcome> {
  const { idToken, state, storageTarget } = readLaunchForm(request.body)
  const now = deps.clock()
  const login = checkState(openState(deps.states, state), now)
  const kid = checkTokenHeader(idToken)
  const platform = await selectPlatform(deps.registrations, login, idToken)
  onPlatform(platform)
  const claims = checkSignature(idToken, await deps.keysets.find(platform, kid))
  const message = checkMessage(deps, claims, platform, login, now)

  const chosen = await chosenTarget(message, platform, login)
  const record = toLaunchRecord(
    message,
    platform,
    chosen,
    request.origin,
    await stepsOf(deps, platform, chosen),
  )
  const key = bindingKey(state)
  const binding = readBinding(deps.publicUrl, key, request.cookie, login.bindingDigest)
  const code = binding === 'proven' ? issueCode(login.launchId, now) : null
  const insert = binding === 'wrong' ? insertLostLaunch : insertLaunch
  const isFirst = await insert({
    id: login.launchId,
    record,
    code,
    purgeAt: new Date(login.expiresAt.getTime() + keptUnopenedMs),
    createdAt: now,
  })
  if (!isFirst) throw nonceReused()
  checkBinding(binding)

  const outcome = {
    platform,
    bindingKey: key,
    frameOrigins: frameOrigins([
      platform.issuer,
      platform.authorizationEndpoint,
      request.origin,
      ...mentionedUrls(claims),
    ]),
  }
  return code
    ? { ...outcome, kind: 'accepted', code }
    : {
        ...outcome,
        kind: 'unproven',
        state,
        login,
        storageTarget: storageTarget ?? login.storageTarget,
      }
}

function checkMessage(
  deps: LaunchDeps,
  claims: Claims,
  platform: PlatformRow,
  login: KnownLogin,
  now: Date,
): Message {
  checkIssuer(claims, platform)
  checkAudience(claims, platform)
  checkTimes(claims, now)
  checkNonce(claims, login)
  checkVersion(claims)
  const type = checkMessageType(claims)
  const deploymentId = checkDeployment(claims, platform, login.deploymentHint)
  checkTargetLinkUri(claims, type, login.targetLinkUri)
  const subject = checkSubject(claims, platform)
  const roles = checkRoles(claims)
  const isDeepLinking = type === 'LtiDeepLinkingRequest'
  const resourceLink = isDeepLinking ? null : checkResourceLink(claims)
  const deepLinking = isDeepLinking ? checkDeepLinkingSettings(claims, deps.checkUrl) : null
  if (isDeepLinking) checkMayDeepLink(roles)
  return {
    type,
    deploymentId,
    subject,
    roles,
    resourceLink,
    deepLinking,
    context: readContext(claims),
    scoreService: readScoreService(claims),
    services: readServices(claims),
    forUser: type === 'LtiSubmissionReviewRequest' ? checkForUser(claims) : null,
    history: readHistory(claims),
    locale: readLocale(claims),
    returnUrl: allowedUrl(deps, readReturnUrl(claims)),
  }
}

/** An address that people may not be sent to is as good as none: the launch itself is sound. */
function allowedUrl(deps: LaunchDeps, url: string | null): string | null {
  if (url === null) return null
  try {
    deps.checkUrl(url)
    return url
  } catch {
    // Refused by policy; there is simply no way back to offer.
    return null
  }
}

async function chosenTarget(
  message: Message,
  platform: PlatformRow,
  login: KnownLogin,
): Promise<Choice | { readonly kind: 'review'; readonly id: string } | undefined> {
  const { pathname } = new URL(login.targetLinkUri)
  const attemptId = submissionOfPath(pathname)
  if (attemptId !== undefined) return { kind: 'review', id: attemptId }
  const named = targetOfPath(pathname)
  if (named || message.resourceLink === null) return named
  const place = {
    tenantId: platform.tenantId,
    platformId: platform._id,
    deploymentId: message.deploymentId,
    contextId: message.context?.id ?? null,
    resourceLinkId: message.resourceLink.id,
  }
  const chosen = await findChoice(place)
  if (chosen !== undefined || message.history === undefined) return chosen
  const title = message.resourceLink.title ?? null
  return inheritChoice({ ...place, title }, message.history)
}

/** Only a path leads on to other objects. */
async function stepsOf(
  { targets }: Pick<LaunchDeps, 'targets'>,
  { tenantId }: PlatformRow,
  chosen: { readonly kind: string; readonly id: string } | undefined,
): Promise<readonly string[]> {
  return chosen?.kind === 'path' ? targets.stepsOf(systemContext(tenantId, 'lti'), chosen.id) : []
}

/** Security Framework §7.1.1: a state of another browser means that somebody's login was foisted on this one. */
function checkBinding(binding: Binding): void {
  if (binding === 'wrong') {
    throw new AppError(
      'lti_state_mismatch',
      'This launch was begun in another browser; open the activity again from the course page',
    )
  }
}
