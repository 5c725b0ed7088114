import { parseCookie } from 'cookie'
import type { Request, Response } from 'express'
import type { Route } from '../../../shared/api/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { hasScope, type TenantContext } from '../tenancy.ts'
import type { ApiCall, HttpOptions, RequestFacts } from './definition.ts'
import { readCredential } from './read-credential.ts'

/** Finds out who calls. */
export async function identifyCaller(
  call: ApiCall,
  options: Pick<HttpOptions, 'bearer' | 'session'>,
): Promise<TenantContext> {
  const { route, req, requestId } = call
  const facts = factsOf(req, requestId)
  if (route.access === 'public' && !(route.recognises && holdsCredential(facts))) {
    return publicContext(facts)
  }
  const token = readCredential(req)
  const ctx = await findContext(token, facts, options)
  if (!ctx && route.recognises && token === undefined) {
    // A session that has ended is no reason to refuse what anybody may do.
    return publicContext(facts)
  }
  if (!ctx) {
    throw new AppError(
      'unauthenticated',
      'Send an API key as Authorization: Bearer …, or sign in; the credential may be wrong, expired or withdrawn',
    )
  }
  return ctx
}

function holdsCredential(facts: RequestFacts): boolean {
  return facts.header('authorization') !== undefined || facts.header('cookie') !== undefined
}

async function findContext(
  token: string | undefined,
  facts: RequestFacts,
  options: Pick<HttpOptions, 'bearer' | 'session'>,
): Promise<TenantContext | undefined> {
  if (token === undefined) return options.session?.(facts)
  const known = options.bearer.find(({ prefix }) => token.startsWith(prefix))
  return known?.authenticate(token, facts)
}

/** Whether a known caller may call this route. */
export function authorise(route: Route, ctx: TenantContext, res: Response): void {
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
    path: req.originalUrl.split('?', 1)[0] ?? '',
    remoteAddress: req.ip ?? '',
    get cookies() {
      cookies ??= parseCookie(req.headers.cookie ?? '')
      return cookies
    },
    header: (name) => req.get(name),
  }
}
