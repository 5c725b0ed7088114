import { parseCookie } from 'cookie'
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import type { z } from 'zod'
import type { Contract, Method, Route } from '../../shared/api/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { assertIfMatch, etagOf } from './etag.ts'
import type { AnyModule, RequestInfo } from './module.ts'
import { invalidRequest } from './problem.ts'
import { hasScope, type TenantContext } from './tenancy.ts'

/** What a credential check may see of the request. */
export interface RequestFacts {
  readonly requestId: string
  readonly method: string
  readonly remoteAddress: string
  readonly cookies: Readonly<Record<string, string | undefined>>
  header(name: string): string | undefined
}

/** Recognises bearer tokens by their prefix. */
export interface BearerAuthenticator {
  readonly prefix: string
  authenticate(token: string, request: RequestFacts): Promise<TenantContext | undefined>
}

export interface HttpOptions {
  readonly bearer: readonly BearerAuthenticator[]
  /** The staff session of the request's cookie; throws `csrf_failed`. */
  session?(request: RequestFacts): Promise<TenantContext | undefined>
  /** Parse every answer by its schema, so that a leaked field fails in tests and development. */
  readonly checkAnswers: boolean
  readonly publicUrl: string
}

const maxJsonBytes = 1024 * 1024
const parseJson = express.json({ limit: maxJsonBytes, strict: false })

/** Express routes of one module: authenticate, authorise, parse, handle, answer. */
export function mountContract(module: AnyModule, options: HttpOptions): Router {
  const router = Router()
  for (const [key, route] of Object.entries(module.contract)) {
    const [method, path] = splitKey(key)
    const handle = method === 'GET' ? handlerOf(module, key) : guarded(module, key, path)
    router[methodNames[method]](
      path,
      ...bodyParsers(route, options),
      answerRoute(route, handle, options),
    )
  }
  for (const [path, methods] of methodsByPath(module.contract)) {
    router.all(path, (_req, res, next) => {
      res.setHeader('allow', methods.join(', '))
      next(new AppError('method_not_allowed', `This address answers ${methods.join(', ')}`))
    })
  }
  return router
}

type Handle = (ctx: TenantContext, input: object, request: RequestInfo) => Promise<unknown>

function handlerOf(module: AnyModule, key: string): Handle {
  const handle = module.handlers[key]
  if (typeof handle !== 'function')
    throw new TypeError(`module ${module.name} has no handler for ${key}`)
  // The contract types each handler by its own schemas; the parsed input below matches them.
  return handle as Handle
}

/** A write that first compares `If-Match` with the object as it is now, where the object can be read. */
function guarded(module: AnyModule, key: string, path: string): Handle {
  const handle = handlerOf(module, key)
  const readKey = `GET ${path}`
  if (!path.endsWith('/:id') || !(readKey in module.contract)) return handle
  const read = handlerOf(module, readKey)
  return async (ctx, input, request) => {
    if (request.ifMatch !== undefined) {
      const current = await read(ctx, input, request)
      // Only objects with an id are read at the address they are written at.
      assertIfMatch(request.ifMatch, current as object)
    }
    return handle(ctx, input, request)
  }
}

const methodNames = {
  GET: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
} as const satisfies Record<Method, string>

export function splitKey(key: string): [Method, string] {
  const space = key.indexOf(' ')
  return [key.slice(0, space) as Method, key.slice(space + 1)]
}

function methodsByPath(contract: Contract): Map<string, string[]> {
  const paths = new Map<string, string[]>()
  for (const key of Object.keys(contract)) {
    const [method, path] = splitKey(key)
    paths.set(path, [...(paths.get(path) ?? []), method])
  }
  return paths
}

/** Credentials come before the body: nobody unknown makes the server read megabytes. */
function bodyParsers(route: Route, options: HttpOptions): RequestHandler[] {
  const identify: RequestHandler = async (req, res, next) => {
    res.locals['ctx'] = await identifyCaller(route, req, res, options)
    next()
  }
  if (route.upload) {
    const { contentTypes, maxBytes } = route.upload
    return [identify, requireType(contentTypes), express.raw({ type: () => true, limit: maxBytes })]
  }
  if (!route.body) return [identify]
  return [identify, requireType(['application/json', 'application/merge-patch+json']), parseJson]
}

function requireType(contentTypes: readonly string[]): RequestHandler {
  return (req, _res, next) => {
    if (req.is([...contentTypes]) === false) {
      throw new AppError('unsupported_media_type', `Send the body as ${contentTypes.join(' or ')}`)
    }
    next()
  }
}

async function identifyCaller(
  route: Route,
  req: Request,
  res: Response,
  options: HttpOptions,
): Promise<TenantContext> {
  const requestId = String(res.locals['requestId'])
  const facts = factsOf(req, requestId)
  if (route.access === 'public') return publicContext(facts)
  const ctx = await findContext(facts, options)
  if (!ctx) {
    throw new AppError(
      'unauthenticated',
      'Send an API key as Authorization: Bearer …, or sign in; the credential may be wrong, expired or withdrawn',
    )
  }
  authorise(route, ctx, res)
  return ctx
}

async function findContext(
  facts: RequestFacts,
  options: HttpOptions,
): Promise<TenantContext | undefined> {
  const authorization = facts.header('authorization')
  if (authorization === undefined) return options.session?.(facts)
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (token === undefined) return undefined
  const known = options.bearer.find(({ prefix }) => token.startsWith(prefix))
  return known?.authenticate(token, facts)
}

function authorise(route: Route, ctx: TenantContext, res: Response): void {
  const { kind } = ctx.principal
  if (route.access === 'staff' && kind !== 'staff') {
    throw new AppError('forbidden', 'Only a signed-in member of staff can do this')
  }
  const isGuest = kind === 'launch' || kind === 'embed'
  if ((isGuest && route.access !== 'launch') || (route.scope && !hasScope(ctx, route.scope))) {
    res.setHeader(
      'www-authenticate',
      `Bearer error="insufficient_scope"${route.scope ? `, scope="${route.scope}"` : ''}`,
    )
    throw new AppError('insufficient_scope', `This needs the right ${route.scope ?? 'of staff'}`)
  }
}

function publicContext(facts: RequestFacts): TenantContext {
  return {
    tenantId: '',
    principal: { kind: 'system', id: 'public' },
    scopes: new Set(),
    requestId: facts.requestId,
    remoteAddress: facts.remoteAddress,
  }
}

export function factsOf(req: Request, requestId: string): RequestFacts {
  let cookies: Record<string, string | undefined> | undefined
  return {
    requestId,
    method: req.method,
    remoteAddress: req.ip ?? '',
    get cookies() {
      cookies ??= parseCookie(req.headers.cookie ?? '')
      return cookies
    },
    header: (name) => req.get(name),
  }
}

function parsePart<S extends z.ZodType>(schema: S, value: unknown, root: string): z.output<S> {
  const result = schema.safeParse(value)
  if (!result.success) throw invalidRequest(result.error, root)
  return result.data
}

function answerRoute(route: Route, handle: Handle, options: HttpOptions): RequestHandler {
  return async (req, res) => {
    // Set by identify, which runs before on every route.
    const ctx = res.locals['ctx'] as TenantContext
    const input = {
      ...(route.params && { params: parsePart(route.params, req.params, '#/path') }),
      ...(route.query && { query: parsePart(route.query, req.query, '#/query') }),
      ...(route.body && { body: parsePart(route.body, req.body, '#') }),
    }
    const answer = await handle(ctx, input, requestInfo(req, res))
    if (!route.response || route.status === 204) {
      res.status(route.status ?? 204).end()
      return
    }
    const body = options.checkAnswers ? route.response.parse(answer) : answer
    sendJson(req, res, body, route.status ?? 200, options)
  }
}

function requestInfo(req: Request, res: Response): RequestInfo {
  return {
    remoteAddress: req.ip ?? '',
    userAgent: req.get('user-agent') ?? '',
    ifMatch: req.get('if-match'),
    get cookies() {
      return parseCookie(req.headers.cookie ?? '')
    },
    get upload() {
      return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0)
    },
    setHeader: (name, value) => res.append(name, value),
  }
}

function sendJson(
  req: Request,
  res: Response,
  body: unknown,
  status: number,
  options: HttpOptions,
): void {
  const text = JSON.stringify(body)
  res.setHeader('cache-control', 'private, no-store')
  res.setHeader('content-type', 'application/json; charset=utf-8')
  addLink(req, res, body, options)
  if (isObject(body)) {
    const etag = etagOf(body)
    res.setHeader('etag', etag)
    if (req.method === 'GET' && req.get('if-none-match') === etag) {
      res.status(304).end()
      return
    }
  }
  res.status(status).end(text)
}

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null && 'id' in body && 'updatedAt' in body
}

/** RFC 8288: the next page of a list. */
function addLink(req: Request, res: Response, body: unknown, options: HttpOptions): void {
  const cursor = (body as { nextCursor?: unknown } | null)?.nextCursor
  if (typeof cursor !== 'string') return
  const url = new URL(req.originalUrl, options.publicUrl)
  url.searchParams.set('cursor', cursor)
  res.setHeader('link', `<${url.href}>; rel="next"`)
}
