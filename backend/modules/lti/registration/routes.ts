import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../../../shared/errors.ts'
import { openLink } from './links.ts'
import { sendConsentPage, sendRegisteredPage } from './pages.ts'
import { type RegisterDeps, type RegistrationCall, register } from './register.ts'

export interface RegistrationRouteDeps extends RegisterDeps {
  organisationName(tenantId: string): Promise<string | null>
}

const parseForm = express.urlencoded({ extended: false, limit: '32kb', parameterLimit: 10 })

/** The page that an LMS opens to register this tool (LTI Dynamic Registration §3.3). */
export function registrationRoutes(deps: RegistrationRouteDeps): Router {
  const router = Router()
  router.get('/lti/register', async (req, res) => {
    const call = readCall(req.query)
    const { tenantId } = await openLink(call.token, deps.clock())
    const organisation = await deps.organisationName(tenantId)
    sendConsentPage(res, { call, organisation, publicUrl: deps.publicUrl })
  })
  router.post('/lti/register', parseForm, async (req: Request, res: Response) => {
    const call = readCall(req.body)
    const requestId: unknown = res.locals['requestId']
    const email = field(req.body, 'email') === 'yes'
    const done = await register(deps, String(requestId ?? 'lti-registration'), call, { email })
    sendRegisteredPage(res, done)
  })
  return router
}

function readCall(source: unknown): RegistrationCall {
  const token = field(source, 'token')
  const configurationUrl = field(source, 'openid_configuration')
  if (!token) {
    throw new AppError('lti_registration_link_unknown', 'The address holds no registration link')
  }
  if (!configurationUrl || !URL.canParse(configurationUrl)) {
    throw new AppError(
      'lti_registration_incomplete',
      'An LMS opens this address with openid_configuration, the address of its own configuration',
    )
  }
  return {
    token,
    configurationUrl,
    registrationToken: field(source, 'registration_token') || null,
  }
}

function field(source: unknown, name: string): string | undefined {
  if (source === null || typeof source !== 'object' || !Object.hasOwn(source, name)) {
    return undefined
  }
  const value: unknown = source[name as keyof typeof source]
  if (typeof value === 'string') return value
  throw new AppError('lti_request_malformed', `${name} was sent more than once`)
}
