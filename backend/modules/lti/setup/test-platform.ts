import type { PlatformTest, PlatformTestStep } from '../../../../shared/api/lti-setup.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { cookieName } from '../binding.ts'
import { launchIdOf } from '../handle.ts'
import { type LaunchDeps, launch } from '../launch.ts'
import { type BegunLogin, beginLogin, type LoginDeps, redirectUri } from '../login.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { mustFind } from '../platforms/platforms.ts'
import { type LtiCode, refusals } from '../refusals.ts'
import { findLastLaunchAt, loseLaunch } from '../session-store.ts'
import { judgeAuthentication } from './test-authentication.ts'
import { testKeys } from './test-keys.ts'
import { failed, failedToReach, passed, unclear } from './test-step.ts'
import { type TokenTestDeps, testToken } from './test-token.ts'

export type PlatformTestDeps = TokenTestDeps & LaunchDeps & LoginDeps

export interface Hints {
  readonly loginHint?: string | undefined
  readonly messageHint?: string | undefined
}

/** An LMS that keeps a test learner for such tests answers for this hint without a browser. */
const testLearner = 'connection-test'

type Answered = ReturnType<typeof judgeAuthentication>

/** Tests a registration step by step, as far as an LMS tells a program. */
export async function testPlatform(
  deps: PlatformTestDeps,
  ctx: TenantContext,
  platformId: string,
  hints: Hints,
): Promise<PlatformTest> {
  const platform = await mustFind(ctx, platformId)
  const lastLaunchAt = (await findLastLaunchAt(ctx, platformId))?.toISOString() ?? null
  const [keys, token, begun] = await Promise.all([
    testKeys(deps.outgoing, platform),
    testToken(deps, platform),
    authenticate(deps, platform, hints),
  ])
  const steps = [
    keys,
    token,
    begun.step,
    await testLaunch(deps, ctx, { platform, keys, begun, lastLaunchAt }),
  ]
  const ok = steps.every(({ status }) => status !== 'failed')
  await recordAudit(ctx, {
    action: 'lti.platform.test',
    target: { type: 'lti.platform', id: platformId },
    fields: steps.filter(({ status }) => status === 'failed').map(({ step }) => step),
    result: 'success',
  })
  return { platformId, ok, steps, lastLaunchAt, testedAt: deps.clock().toISOString() }
}

type Begun =
  | { readonly step: PlatformTestStep; readonly login: null; readonly answer: null }
  | {
      readonly step: PlatformTestStep
      readonly login: BegunLogin
      readonly answer: Answered['answer']
    }

async function authenticate(
  deps: PlatformTestDeps,
  platform: PlatformRow,
  { loginHint = testLearner, messageHint }: Hints,
): Promise<Begun> {
  try {
    const [deploymentId] = platform.deploymentIds
    const login = await beginLogin(deps, {
      iss: platform.issuer,
      client_id: platform.clientId,
      target_link_uri: `${deps.publicUrl}/lti`,
      login_hint: loginHint,
      ...(deploymentId === undefined ? {} : { lti_deployment_id: deploymentId }),
      ...(messageHint === undefined ? {} : { lti_message_hint: messageHint }),
    })
    const answer = await deps.outgoing.request({
      url: login.authorizationUrl,
      purpose: 'lti.test.authentication',
      headers: { accept: 'text/html' },
      retries: 0,
      ownBreaker: true,
    })
    return { ...judgeAuthentication(answer, platform, redirectUri(deps.publicUrl)), login }
  } catch (error) {
    const step = failedToReach(
      'authentication',
      error,
      'Copy the authentication request URL of the LMS again and save it here.',
    )
    return { step, login: null, answer: null }
  }
}

interface Before {
  readonly platform: PlatformRow
  readonly keys: PlatformTestStep
  readonly begun: Begun
  readonly lastLaunchAt: string | null
}

async function testLaunch(
  deps: PlatformTestDeps,
  ctx: TenantContext,
  { platform, keys, begun, lastLaunchAt }: Before,
): Promise<PlatformTestStep> {
  if (keys.status === 'failed' || begun.step.status === 'failed') {
    return {
      step: 'launch',
      status: 'skipped',
      summary: 'A launch can be tried once the steps before work.',
      whatToDo: null,
    }
  }
  const { login, answer } = begun
  if (login === null || answer.kind !== 'message') return withoutLaunch(platform, lastLaunchAt)
  try {
    const outcome = await launch(deps, {
      body: { id_token: answer.idToken, state: answer.state },
      cookie: `${cookieName(deps.publicUrl, login.bindingKey)}=${login.secret}`,
      origin: undefined,
    })
    if (outcome.kind === 'accepted') {
      const launchId = launchIdOf(outcome.code.code)
      // Used up like any other, but nobody is ever to open it.
      if (launchId !== null) await loseLaunch(ctx, launchId)
    }
    return passed(
      'launch',
      'A launch of the test learner passed every check; it was not opened and left nothing behind.',
    )
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return failed('launch', refusalOf(error), error.message)
  }
}

function refusalOf({ code }: AppError): string {
  // Only what begins with `lti_` has a text for people there.
  return code in refusals ? refusals[code as LtiCode].happened : 'The launch was refused.'
}

function withoutLaunch(
  { deploymentIds }: PlatformRow,
  lastLaunchAt: string | null,
): PlatformTestStep {
  if (deploymentIds.length === 0) {
    return unclear(
      'launch',
      'No deployment of the LMS is registered yet.',
      'Open the tool once from a course of the LMS, then approve its deployment under “LMSs”.',
    )
  }
  if (lastLaunchAt === null) {
    return unclear(
      'launch',
      'Nobody has opened the tool from this LMS yet.',
      'Open the tool once from a course of the LMS: that is the last proof.',
    )
  }
  return passed('launch', 'People have opened the tool from this LMS.')
}
