import express, { type RequestHandler } from 'express'
import type { Route } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'

const maxJsonBytes = 1024 * 1024
const parseJson = express.json({ limit: maxJsonBytes, strict: false })

/** Reads the body that a route declares, and no other. */
export function bodyParsers(route: Route): RequestHandler[] {
  if (route.upload) {
    const { contentTypes, maxBytes } = route.upload
    return [requireType(contentTypes), express.raw({ type: () => true, limit: maxBytes })]
  }
  if (!route.body) return []
  return [requireType(['application/json', 'application/merge-patch+json']), parseJson]
}

function requireType(contentTypes: readonly string[]): RequestHandler {
  return (req, _res, next) => {
    if (req.is([...contentTypes]) === false) {
      throw new AppError('unsupported_media_type', `Send the body as ${contentTypes.join(' or ')}`)
    }
    next()
  }
}
