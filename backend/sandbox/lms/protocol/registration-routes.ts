import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import type { Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { checkRegistrationToken, registerDynamically } from './dynamic-registration.ts'
import { logStep, recordOf } from './log-step.ts'
import { openIdConfiguration } from './openid-configuration.ts'
import { answerServiceError } from './service-errors.ts'

/** Dynamic registration: what the platform says of itself, and where a tool registers. */
export function registrationRoutes(lms: Lms): Router {
  const router = express.Router()
  router.get(
    '/lti/openid-configuration',
    logStep(lms, 'Platform configuration', 'tool'),
    (req, res) => {
      // Canvas tells only whoever brings the token.
      if (lms.flavour.name === 'canvas') checkRegistrationToken(lms, req.get('authorization'))
      res.set('Cache-Control', 'no-store').json(openIdConfiguration(lms))
    },
  )
  router.post(
    '/lti/registration',
    express.json({ limit: '100kb' }),
    logStep(lms, 'Registration', 'tool'),
    async (req: Request, res: Response) => {
      const answer = registerDynamically(lms, req.get('authorization'), recordOf(req.body))
      await lms.changed()
      res.status(lms.flavour.name === 'moodle' ? 200 : 201).json(answer)
    },
  )
  router.use('/lti/registration', plainText)
  router.use(['/lti/registration', '/lti/openid-configuration'], answerServiceError(lms))
  return router
}

/** Moodle's refusals of a registration are words, not JSON. */
function plainText(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  if (error instanceof Refusal && error.code === 'plain_text') {
    res.status(error.status).type('text/plain').send(error.message)
  } else next(error)
}
