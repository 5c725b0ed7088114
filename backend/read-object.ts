import type { Contract, Route } from '../shared/api/contract.ts'
import { latestVersion } from '../shared/api/versions.ts'
import { AppError } from '../shared/errors.ts'
import type { AnyModule, RequestInfo } from './core/module.ts'
import { hasScope, type Principal, type TenantContext } from './core/tenancy.ts'

interface Readable {
  readonly pattern: RegExp
  readonly route: Route
  handle(ctx: TenantContext, input: object, request: RequestInfo): Promise<unknown>
}

const noRequest: RequestInfo = {
  remoteAddress: '',
  userAgent: '',
  ifMatch: undefined,
  version: latestVersion,
  cookies: {},
  upload: Buffer.alloc(0),
  setHeader: () => undefined,
}

/** Reads objects by their API address with somebody's rights: the answer the API would give, or null. */
export function createObjectReader(modules: () => readonly AnyModule[]) {
  let known: Readable[] | undefined

  return async (
    tenantId: string,
    principal: Pick<Principal, 'kind' | 'id'>,
    scopes: ReadonlySet<string>,
    path: string,
  ): Promise<object | null> => {
    known ??= modules().flatMap(readableOf)
    for (const { pattern, route, handle } of known) {
      const id = pattern.exec(path)?.groups?.['id']
      if (id === undefined) continue
      // Only its kind and id are looked at by what reads one object.
      const ctx = { tenantId, principal: principal as Principal, scopes, requestId: 'webhook' }
      if (route.scope === undefined || !hasScope(ctx, route.scope)) return null
      return answerOrNothing(
        handle(ctx, { params: { id: decodeURIComponent(id) }, query: {} }, noRequest),
      )
    }
    return null
  }
}

async function answerOrNothing(answer: Promise<unknown>): Promise<object | null> {
  try {
    // What a handler of one object answers is that object.
    return (await answer) as object
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return null
    throw error
  }
}

function readableOf(module: AnyModule): Readable[] {
  const contract: Contract = module.contract
  return Object.entries(contract).flatMap(([key, route]) => {
    const path = /^GET (\/api\/v1\/.*)\/:id$/.exec(key)?.[1]
    const handle = module.handlers[key]
    if (path === undefined || path.includes(':') || typeof handle !== 'function') return []
    return [
      {
        pattern: new RegExp(`^${path}/(?<id>[^/]+)$`),
        route,
        // The contract types each handler by its own schemas; a read takes an id alone.
        handle: handle as Readable['handle'],
      },
    ]
  })
}
