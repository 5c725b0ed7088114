import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { hashOf } from '../state.ts'
import type { Vendor } from '../vendor.ts'
import { addOnRoutes } from './add-on-routes.ts'
import type { Api } from './api.ts'
import { courseRoutes } from './course-routes.ts'
import { courseWorkRoutes } from './course-work-routes.ts'
import { GoogleError, notFound, sendError } from './google-error.ts'
import { guardianRoutes } from './guardian-routes.ts'
import { registrationRoutes } from './registration-routes.ts'
import { type Caller, findUser } from './school.ts'
import { submissionRoutes } from './submission-routes.ts'

/** The Classroom API, version 1. */
export function apiRoutes(vendor: Vendor): Router {
  const router = express.Router()
  router.use(express.json())
  const api: Api = (method, path, answer) => {
    router[method](path, async (req: Request, res: Response, next: NextFunction) => {
      try {
        const body = await answer(callerOf(vendor, req), req)
        if (method !== 'get') await vendor.changed()
        res.json(body ?? {})
      } catch (error) {
        if (error instanceof GoogleError) sendError(res, error)
        else next(error)
      }
    })
  }
  courseRoutes(vendor, api)
  courseWorkRoutes(vendor, api)
  submissionRoutes(vendor, api)
  guardianRoutes(vendor, api)
  registrationRoutes(vendor, api)
  addOnRoutes(vendor, api)
  router.use((_req, res) => sendError(res, notFound()))
  return router
}

function callerOf(vendor: Vendor, req: Request): Caller {
  const token = req.get('authorization')?.match(/^Bearer (\S+)$/i)?.[1]
  const issued = token === undefined ? undefined : vendor.state.issued[hashOf(token)]
  const isGood = issued?.kind === 'access' && issued.expiresAt > vendor.now()
  const [project = '', userId = ''] = issued?.subject.split(' ') ?? []
  const user = isGood ? findUser(vendor, userId) : undefined
  if (!issued || !user || vendor.state.dials.expiredCredentials) {
    throw new GoogleError(
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
      token === undefined ? 'CREDENTIALS_MISSING' : 'ACCESS_TOKEN_EXPIRED',
    )
  }
  return { user, userId, project, scopes: new Set(issued.scope.split(' ')) }
}
