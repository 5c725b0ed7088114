import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { type BearerAuthenticator, mountContract } from '../../backend/core/http/index.ts'
import { createQueue } from '../../backend/core/jobs/index.ts'
import { createLogger } from '../../backend/core/logging.ts'
import { createOutgoing, type Outgoing } from '../../backend/core/outgoing/index.ts'
import { problemHandler } from '../../backend/core/problem.ts'
import { requestId } from '../../backend/core/request-id.ts'
import { createSecrets } from '../../backend/core/secrets/index.ts'
import { systemContext } from '../../backend/core/tenancy.ts'
import { createLtiModule, type LtiModule } from '../../backend/modules/lti/index.ts'
import type { CurrentResult } from '../../backend/modules/lti/scores/scores.ts'
import { type Client, createClient } from '../../shared/api/client.ts'
import { AppError } from '../../shared/errors.ts'
import type { TargetKind } from '../../shared/lti.ts'

type LtiApi = LtiModule['contract']

export interface LtiToolServer {
  readonly publicUrl: string
  readonly lti: LtiModule
  readonly outgoing: Outgoing
  /** Milliseconds that the tool's clock is ahead of the machine's. */
  readonly clock: { aheadMs: number; now(): Date }
  readonly emitted: { readonly tenantId: string; readonly type: string; readonly data: unknown }[]
  /** What each attempt's result is now, as the module for assessment would say. */
  readonly results: Map<string, CurrentResult>
  /** The API as a tenant with every right. */
  as(tenantId: string): Client<LtiApi>
  /** The API with the token of a launch. */
  with(token: string): Client<LtiApi>
  stop(): Promise<void>
}

/** One for all tools of a test file: they share its database. */
const masterKey = randomBytes(32)

export interface ToolOptions {
  readonly allowPrivateNetworks?: boolean
  readonly publicUrl?: string
  /** The name it is reached by; `localhost` is another site than `127.0.0.1`. */
  readonly host?: 'localhost'
  /** Folder that `/assets` is served from. */
  readonly assets?: string
}

/** The LTI module in a real Express app on a free port, with the database of the test and nothing else. */
export async function startLtiTool(options: ToolOptions = {}): Promise<LtiToolServer> {
  const app = express()
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const baseUrl = `http://${options.host ?? '127.0.0.1'}:${(server.address() as AddressInfo).port}`
  const publicUrl = options.publicUrl ?? baseUrl
  const allowPrivateNetworks = options.allowPrivateNetworks ?? true
  const log = createLogger({ level: 'silent' })
  const outgoing = createOutgoing({
    allowPrivateNetworks,
    allowedPrivateUrlPrefixes: [],
    log,
    // Hours pass in a moment here; the circuit follows the machine's clock.
    breaker: { failures: 5, openMs: 1 },
  })
  const clock = { aheadMs: 0, now: () => new Date(Date.now() + clock.aheadMs) }
  const emitted: LtiToolServer['emitted'] = []
  const results: LtiToolServer['results'] = new Map()
  const lti = createLtiModule({
    elsewhere: () => {
      throw new TypeError('these tests connect by LTI alone')
    },
    stylesheetOf: async () => null,
    settings: { publicUrl, allowPrivateNetworks, trustedUrlPrefixes: [], version: 'test' },
    secrets: createSecrets({ masterKey }),
    outgoing,
    log,
    queue: createQueue(() => clock.now().getTime()),
    events: () => ({
      emit: async (ctx, type, data) => {
        emitted.push({ tenantId: ctx.tenantId, type, data })
      },
    }),
    correct: async (_ctx, attemptId, { score, comment }) => {
      const before = results.get(attemptId)
      if (!before) throw new AppError('not_found', 'no such result')
      const after = {
        ...before,
        score: score ?? before.score,
        comment: comment === undefined ? before.comment : comment || null,
        revision: before.revision + 1,
      }
      results.set(attemptId, after)
      return after
    },
    resultOf: async (_ctx, attemptId) => results.get(attemptId) ?? null,
    targets: {
      describe: async (_ctx, kind, id) => describeTarget(kind, id),
      stepsOf: async (_ctx, pathId) => [`item_of_${pathId}`],
      titlesOf: async (_ctx, ids) => new Map(ids.map((id) => [id, `Item ${id}`])),
    },
    clock: clock.now,
  })
  const bearer: BearerAuthenticator[] = [...lti.bearerAuthenticators, anyTenant]
  app.use(requestId(log))
  if (options.assets) app.use('/assets', express.static(options.assets))
  if (lti.router) app.use(lti.router)
  app.use(mountContract(lti, { bearer, checkAnswers: true, publicUrl }))
  app.get('/lti/app', (req, res) => {
    res.setHeader('content-security-policy', `frame-ancestors ${lti.frameAncestorsFor(req)}`)
    res.type('html').send('<p>app</p>')
  })
  app.use(problemHandler({ publicUrl, onUnexpected: () => {} }))

  const clientFor = (token: string) =>
    createClient<LtiApi>({ baseUrl, headers: () => ({ authorization: `Bearer ${token}` }) })
  return {
    publicUrl: baseUrl,
    lti,
    outgoing,
    clock,
    emitted,
    results,
    as: (tenantId) => clientFor(`tenant_${tenantId}`),
    with: clientFor,
    async stop() {
      await outgoing.close()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Stands in for API keys: the token says the tenant. */
const anyTenant: BearerAuthenticator = {
  prefix: 'tenant_',
  authenticate: async (token, { requestId }) =>
    systemContext(token.slice('tenant_'.length), 'test', requestId),
}

function describeTarget(kind: TargetKind, id: string) {
  if (id.startsWith('gone')) return undefined
  if (kind === 'item') return { title: `Item ${id}`, text: 'About "it" <b>', maxScore: 4 }
  return { title: `${kind === 'resource' ? 'Resource' : 'Target'} ${id}` }
}
