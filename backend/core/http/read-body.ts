import express, { type RequestHandler } from 'express'
import type { Route } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { parseJsonBody } from './json-body.ts'

const maxJsonBytes = 1024 * 1024
const jsonTypes = ['application/json', 'application/merge-patch+json']
const readBytes = express.raw({ type: () => true, limit: maxJsonBytes })

/** Reads the body that a route declares, and no other. */
export function bodyParsers(route: Route): RequestHandler[] {
  if (route.upload) {
    const { contentTypes, maxBytes } = route.upload
    return [requireType(contentTypes), express.raw({ type: () => true, limit: maxBytes })]
  }
  if (!route.body) return []
  return [requireType(jsonTypes), requireUtf8, readBytes, parseBody]
}

function requireType(contentTypes: readonly string[]): RequestHandler {
  return (req, _res, next) => {
    // Programs announce an empty body where none is needed.
    const isEmpty = req.headers['content-length'] === '0'
    if (!isEmpty && req.is([...contentTypes]) === false) {
      throw new AppError('unsupported_media_type', `Send the body as ${contentTypes.join(' or ')}`)
    }
    next()
  }
}

const requireUtf8: RequestHandler = (req, _res, next) => {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(req.get('content-type') ?? '')?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new AppError('unsupported_media_type', 'Send the body as UTF-8')
  }
  next()
}

const parseBody: RequestHandler = (req, _res, next) => {
  const bytes: unknown = req.body
  req.body = Buffer.isBuffer(bytes) && bytes.length > 0 ? parseJsonBody(bytes) : undefined
  next()
}
