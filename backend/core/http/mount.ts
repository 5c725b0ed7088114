import { randomBytes } from 'node:crypto'
import { parseCookie } from 'cookie'
import type { Request, RequestHandler, Response } from 'express'
import type { z } from 'zod'
import type { Contract, Method, Route } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { assertIfMatch } from '../etag.ts'
import type { AnyModule, RequestInfo } from '../module.ts'
import { invalidRequest } from '../problem.ts'
import { createTokenSealer } from '../secrets/token-sealer.ts'
import type { TenantContext } from '../tenancy.ts'
import { transforms, versionOf } from '../versions/index.ts'
import { setChallenge } from './challenge.ts'
import { countStrayCall } from './count-stray-call.ts'
import { allowOf, answerOptions } from './cross-origin.ts'
import type { ApiCall, HttpOptions, KnownCall } from './definition.ts'
import { guardedPathOf } from './guarded-path.ts'
import { authorise, identifyCaller } from './identify.ts'
import { inTurn } from './in-turn.ts'
import { listBorder, refuseUnknown } from './list-border.ts'
import { createOneAtATime } from './one-at-a-time.ts'
import { bodyParsers } from './read-body.ts'
import { sendReply, toReply } from './reply.ts'
import { createRouteTable, type RouteTable } from './route-table.ts'

/**
 * The routes of some modules. Each call passes, in this order: credential, limit, right, gates, body, parse, handler,
 * answer; observers hear of it when it has ended.
 */
export function mountContracts(
  modules: readonly AnyModule[],
  options: HttpOptions,
): RequestHandler {
  const table = createRouteTable<ReadonlyMap<string, RequestHandler>>()
  for (const [path, methods] of methodsByPath(Object.assign({}, ...modules.map(contractOf)))) {
    const handlers = new Map<string, RequestHandler>()
    for (const module of modules) mountPath(handlers, path, module, options)
    handlers.set('OPTIONS', answerOptions(methods))
    handlers.set('', refuseMethod(methods, options))
    table.add(path, handlers)
  }
  return (req, res, next) => {
    const found = findPath(table, req.path)
    if (!found || found instanceof AppError) {
      countStrayCall(req, res, options).then(() => next(found), next)
      return
    }
    req.params = found.params
    // What answers GET answers HEAD too; Node leaves the body out.
    const method = req.method === 'HEAD' ? 'GET' : req.method
    const handler = found.value.get(method) ?? found.value.get('')
    void handler?.(req, res, next)
  }
}

/** The same for one module alone. */
export function mountContract(module: AnyModule, options: HttpOptions): RequestHandler {
  return mountContracts([module], options)
}

const contractOf = ({ contract }: AnyModule): Contract => contract

/** A path whose percent signs decode to no text is the caller's mistake. */
function findPath<T>(
  table: RouteTable<T>,
  path: string,
): ReturnType<RouteTable<T>['find']> | AppError {
  try {
    return table.find(path)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return new AppError(
      'invalid_request',
      'The address holds a percent sign that is not part of UTF-8 text',
      { cause: error },
    )
  }
}

function refuseMethod(methods: string[], options: HttpOptions): RequestHandler {
  const sentence = `This address answers ${methods.join(', ')}`
  return (req, res, next) => {
    res.setHeader('allow', allowOf(methods))
    countStrayCall(req, res, options).then(
      () => next(new AppError('method_not_allowed', sentence)),
      next,
    )
  }
}

function mountPath(
  handlers: Map<string, RequestHandler>,
  path: string,
  module: AnyModule,
  options: HttpOptions,
): void {
  for (const [key, route] of Object.entries(module.contract)) {
    const [method, routePath] = splitKey(key)
    if (routePath !== path) continue
    const handle = method === 'GET' ? handlerOf(module, key) : guarded(module, key, path)
    // Credentials come before the body: nobody unknown makes the server read megabytes.
    handlers.set(
      method,
      inTurn([
        admit(key, route, options),
        ...bodyParsers(route),
        answerRoute(route, handle, options),
      ]),
    )
  }
}

type Handle = (ctx: TenantContext, input: object, request: RequestInfo) => Promise<unknown>

function handlerOf(module: AnyModule, key: string): Handle {
  const handle = module.handlers[key]
  if (typeof handle !== 'function')
    throw new TypeError(`module ${module.name} has no handler for ${key}`)
  // The contract types each handler by its own schemas; the parsed input below matches them.
  return handle as Handle
}

const oneAtATime = createOneAtATime()

/**
 * A write that first compares `If-Match` with the object as it is now, where the object can be read: the one at the
 * address, or the one that an action such as `/:id/rotate` is for.
 */
function guarded(module: AnyModule, key: string, path: string): Handle {
  const handle = handlerOf(module, key)
  const object = guardedPathOf(path, module.contract)
  if (object === undefined) return handle
  const readKey = `GET ${object}`
  const read = handlerOf(module, readKey)
  return async (ctx, input, request) => {
    const { ifMatch } = request
    if (ifMatch === undefined) return handle(ctx, input, request)
    // Two that hold the same tag must not both find it right.
    return oneAtATime(`${readKey} ${objectIdOf(object, input)}`, async () => {
      const current = await read(ctx, input, request)
      // Only objects with an id are read at the address they are written at.
      assertIfMatch(ifMatch, transforms.downgrade(readKey, request.version, current) as object)
      return handle(ctx, input, request)
    })
  }
}

/** Its own parameters alone: an action may have more. */
function objectIdOf(path: string, input: object): string {
  // A route with parameters in its address has a schema of them, an object.
  const { params = {} } = input as { params?: Record<string, unknown> }
  const names = path.match(/(?<=\/:)\w+/g) ?? []
  return names.map((name) => params[name]).join('/')
}

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

/** Lets a call in, or refuses it, before any of its body is read. */
function admit(operation: string, route: Route, options: HttpOptions): RequestHandler {
  const { gates = [], observers = [] } = options
  return async (req, res, next) => {
    const requestId = String(res.locals['requestId'])
    const startedAt = performance.now()
    const call: ApiCall = { operation, route, req, requestId, startedAt, ctx: null }
    res.locals['call'] = call
    if (observers.length > 0) res.once('close', () => observe(call, res, observers))
    await recognise(call, res, options)
    for (const gate of gates) {
      const waiting = gate(call as KnownCall, res)
      if (waiting instanceof Promise) await waiting
    }
    next()
  }
}

/** Sets `call.ctx`; whoever is not recognised counts for the address the call came from. */
async function recognise(call: ApiCall, res: Response, options: HttpOptions): Promise<void> {
  try {
    call.ctx = await identifyCaller(call, options)
  } catch (error) {
    await options.limit?.(call, res)
    if (error instanceof AppError) setChallenge(res, error, options.publicUrl)
    throw error
  }
  const waiting = options.limit?.(call, res)
  if (waiting instanceof Promise) await waiting
  if (call.route.access !== 'public') authorise(call.route, call.ctx, res)
}

function observe(
  call: ApiCall,
  res: Response,
  observers: NonNullable<HttpOptions['observers']>,
): void {
  const durationMs = performance.now() - call.startedAt
  // Set by the problem writer where the call was refused.
  const refusal = res.locals['refusal'] as AppError | undefined
  const ended = {
    ...call,
    durationMs,
    status: res.statusCode,
    code: refusal?.code ?? null,
    detail: refusal?.message ?? null,
    errors: refusal?.errors ?? [],
  }
  for (const observer of observers) observer(ended)
}

function parsePart<S extends z.ZodType>(schema: S, value: unknown, root: string): z.output<S> {
  const result = schema.safeParse(value)
  if (!result.success) throw invalidRequest(result.error, root)
  return result.data
}

const noQuery = { query: {} }
const ephemeralKey = randomBytes(32)
const ephemeralCursors = createTokenSealer('list.cursor', () => [ephemeralKey])

function answerRoute(route: Route, handle: Handle, options: HttpOptions): RequestHandler {
  const list = listBorder(route, options.cursors ?? ephemeralCursors)
  const parameters = route.query && new Set(Object.keys(route.query.shape))
  return async (req, res) => {
    // Set by admit, which runs before on every route.
    const call = res.locals['call'] as KnownCall
    const version = versionOf(res)
    const { query } = route.query ? req : noQuery
    if (parameters) refuseUnknown(parameters, query)
    const given = route.query && parsePart(route.query, query, '#/query')
    const input = {
      ...(route.params && { params: parsePart(route.params, req.params, '#/path') }),
      ...(given && { query: list ? list.enter(call, given) : given }),
      ...(route.body && {
        body: parsePart(route.body, transforms.upgrade(call.operation, version, req.body), '#'),
      }),
    }
    const run = async () => {
      const answer = await handle(call.ctx, input, requestInfo(req, res))
      const checked = options.checkAnswers ? checkAnswer(call.operation, route, answer) : answer
      const shown = transforms.downgrade(
        call.operation,
        version,
        list && given ? list.leave(call, given, checked) : checked,
      )
      return toReply(req, route, shown, options.publicUrl)
    }
    const isWrapped = options.around && req.method !== 'GET' && req.method !== 'HEAD'
    const reply = isWrapped ? await options.around(call, input, run, res) : await run()
    sendReply(req, res, reply)
  }
}

/** A wrong answer is our own mistake, which must not read as the caller's. */
function checkAnswer(operation: string, route: Route, answer: unknown): unknown {
  const checked = route.response?.safeParse(answer)
  if (checked && !checked.success) {
    throw new TypeError(`${operation} answers what its contract does not say`, {
      cause: checked.error,
    })
  }
  return checked?.data
}

function requestInfo(req: Request, res: Response): RequestInfo {
  return {
    // Few handlers ask for it, and behind proxies it is worked out from a header each time.
    get remoteAddress() {
      return req.ip ?? ''
    },
    userAgent: req.headers['user-agent'] ?? '',
    ifMatch: req.headers['if-match'],
    version: versionOf(res),
    get cookies() {
      return parseCookie(req.headers.cookie ?? '')
    },
    get upload() {
      return Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0)
    },
    setHeader: (name, value) => res.append(name, value),
  }
}
