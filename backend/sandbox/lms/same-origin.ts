import type { NextFunction, Request, Response } from 'express'
import type { Lms } from './lms.ts'
import { Refusal } from './refusal.ts'

/** Refuses changes that a page of another site asks for; programs send no Origin and may. */
export function onlyFromHere(lms: Lms) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    const origin = req.get('origin')
    const changes = req.method !== 'GET' && req.method !== 'HEAD'
    if (changes && origin !== undefined && origin !== new URL(lms.baseUrl).origin) {
      throw new Refusal(403, 'cross_site', 'Only pages of this LMS may change it.')
    }
    next()
  }
}

/** Sends a browser that came by another name of this machine to the LMS's own: tools stay cross-origin. */
export function ownHost(lms: Lms) {
  const own = new URL(lms.baseUrl)
  return (req: Request, res: Response, next: NextFunction): void => {
    const { hostname } = req
    if (req.method === 'GET' && isLoopback(hostname) && isLoopback(own.hostname)) {
      if (hostname !== own.hostname) {
        res.redirect(302, `${lms.baseUrl}${req.url}`)
        return
      }
    }
    next()
  }
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/.test(hostname)
}
