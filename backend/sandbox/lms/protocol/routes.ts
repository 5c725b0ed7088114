import { setTimeout as delay } from 'node:timers/promises'
import express, { type Request, type Response, type Router } from 'express'
import { strikes } from '../faults.ts'
import { publicKeyset, signToken } from '../keys.ts'
import type { Lms } from '../lms.ts'
import { autoSubmitPage } from '../pages/auto-submit.ts'
import { chosenPage } from '../pages/chosen.ts'
import { sendPage } from '../pages/send-page.ts'
import { pathText } from '../query.ts'
import { Refusal } from '../refusal.ts'
import { storageTarget } from '../seen-by-tools.ts'
import { grantAccessToken } from './access-tokens.ts'
import { type AuthOutcome, type AuthParameters, authorize } from './authorize.ts'
import { acceptDeepLinkingResponse } from './deep-linking-response.ts'
import { launchMessage, testLearnerMessage } from './launch-message.ts'
import { addToLog, logStep, recordOf } from './log-step.ts'
import { answerServiceError } from './service-errors.ts'

/** The platform's side of the launch: authentication, deep-linking return, keys and access tokens. */
export function protocolRoutes(lms: Lms): Router {
  const router = express.Router()
  const form = express.urlencoded({ extended: false, limit: '1mb' })

  const authentication = async (req: Request, res: Response): Promise<void> => {
    const outcome = authorize(lms, authParameters(req))
    const fields = await replyFields(lms, outcome, authParameters(req))
    addToLog(res, { answer: outcome.ok ? 'id_token' : outcome.error, ...fields })
    const page = autoSubmitPage(lms, {
      title: outcome.ok ? `Opening ${outcome.tool.name}` : `Returning to ${outcome.tool.name}`,
      action: outcome.redirectUri,
      fields,
      twice: outcome.ok && lms.state.faults.replay,
    })
    sendPage(lms, res, page)
  }
  const step = logStep(lms, 'Authentication request', 'browser')
  router.get('/lti/auth', step, authentication)
  router.post('/lti/auth', form, step, authentication)

  router.post(
    '/lti/deep-linking/:launchId',
    form,
    logStep(lms, 'Deep linking response', 'browser'),
    async (req: Request, res: Response) => {
      const token = String(recordOf(req.body)['JWT'] ?? '')
      const outcome = await acceptDeepLinkingResponse(lms, pathText(req, 'launchId'), token)
      sendPage(lms, res, chosenPage(lms, outcome))
    },
  )

  router.get('/lti/jwks', logStep(lms, 'Public keys', 'tool'), async (_req, res) => {
    await delay(lms.state.faults.slowJwksMs)
    res.set('Cache-Control', 'no-store').json(await publicKeyset(lms))
  })

  router.post(
    '/lti/token',
    form,
    logStep(lms, 'Access token', 'tool'),
    async (req: Request, res: Response) => {
      if (strikes(lms.state.faults, 'tokenDown')) {
        throw new Refusal(503, 'simulated_fault', 'The token endpoint is down.')
      }
      const granted = await grantAccessToken(lms, recordOf(req.body))
      addToLog(res, { granted: granted.scope })
      res.set('Cache-Control', 'no-store').json(granted)
    },
  )
  router.use('/lti/token', answerServiceError(lms))

  return router
}

function authParameters(req: Request): AuthParameters {
  const sent = { ...recordOf(req.query), ...recordOf(req.body) }
  return Object.fromEntries(
    Object.entries(sent).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
}

async function replyFields(
  lms: Lms,
  outcome: AuthOutcome,
  { state }: AuthParameters,
): Promise<Record<string, string>> {
  const echoed = state === undefined ? {} : { state }
  if (!outcome.ok) {
    return { error: outcome.error, error_description: outcome.description, ...echoed }
  }
  const { launch, nonce, tool } = outcome
  const message =
    launch === 'test learner'
      ? testLearnerMessage(lms, tool, nonce)
      : launchMessage(lms, launch, nonce)
  const idToken = await signToken(lms, message, {
    unpublished: lms.state.faults.unpublishedKey,
  })
  const storage = lms.flavour.repeatsStorageTarget ? storageTarget(lms) : null
  const inFrame = launch !== 'test learner' && launch.target === 'iframe'
  return {
    id_token: idToken,
    ...echoed,
    ...(inFrame && storage !== null ? { lti_storage_target: storage } : {}),
  }
}
