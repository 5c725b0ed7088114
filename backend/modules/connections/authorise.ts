import { createHash, randomBytes } from 'node:crypto'
import { type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { ConnectorError } from '../../connector-kit/index.ts'
import { newEvent } from '../../core/events/index.ts'
import { setPagePolicy } from '../../core/headers.ts'
import { html } from '../../core/html.ts'
import { factsOf, type RequestFacts } from '../../core/http/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { document } from '../../pages/layout.ts'
import { callbackPath } from './addresses.ts'
import { announce, audit, mustFind, within } from './change.ts'
import { checkConfig } from './check-values.ts'
import { sealTokens } from './consent.ts'
import { readCredentials } from './credentials.ts'
import type { ConnectionsDeps } from './deps.ts'
import { mustHaveConnector } from './find-connector.ts'
import type { Opener } from './open.ts'
import { type ConnectionRow, changeConnection } from './store.ts'

/** What travels through the other system and back, sealed. */
const Travelling = z.object({
  tenantId: z.string(),
  connectionId: z.string(),
  sessionId: z.string(),
  verifier: z.string(),
  nonce: z.string(),
  until: z.number(),
})

const finishWithinMs = 10 * 60_000

export interface AuthoriseDeps extends ConnectionsDeps {
  /** The staff session of a page's request. */
  session(facts: RequestFacts): Promise<TenantContext | undefined>
}

function refuse(message: string): never {
  throw new AppError('connection_authorisation_failed', message)
}

/** The consent of a person at the other system: authorisation code with PKCE, bound to session and connection. */
export function createAuthorisation(deps: AuthoriseDeps, opener: Opener) {
  const sealer = deps.secrets.tokenSealer('connections.authorise')
  const redirectUri = `${deps.publicUrl}${callbackPath}`

  async function begin(ctx: TenantContext, id: string): Promise<{ authorizationUrl: string }> {
    const row = await mustFind(ctx, id, deps)
    const connector = mustHaveConnector(deps, row.connectorId)
    if (!connector.oauth) {
      throw new AppError(
        'connection_not_oauth',
        `${connector.name} signs in by credentials; nobody has to consent`,
      )
    }
    if (ctx.principal.kind !== 'staff') refuse('A person must begin this, signed in on the pages')
    const verifier = randomBytes(48).toString('base64url')
    const nonce = randomBytes(16).toString('base64url')
    const until = deps.now().getTime() + finishWithinMs
    const url = connector.oauth.authorizationUrl({
      config: checkConfig(connector, row.config),
      credentials: wholeCredentials(connector, await readCredentials(row, deps)),
      state: sealer.seal(
        JSON.stringify({
          tenantId: row.tenantId,
          connectionId: id,
          sessionId: ctx.principal.sessionId,
          verifier,
          nonce,
          until,
        } satisfies z.input<typeof Travelling>),
      ),
      redirectUri,
      codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
      scopes: connector.oauth.scopes,
    })
    await changeConnection(
      row,
      { deletedAt: null },
      { $set: { pendingConsent: { nonce, until: new Date(until) } } },
      { isUse: true },
    )
    await audit(within(ctx, row), 'connection.authorise', id)
    return { authorizationUrl: url }
  }

  const sessionOf = (req: Request) =>
    deps.session(factsOf(req, String(req.res?.locals['requestId'] ?? '')))

  /** The state as it was sealed, brought back in time by the browser in which it was begun. */
  async function returned(req: Request): Promise<z.output<typeof Travelling>> {
    const { state } = req.query
    const text = typeof state === 'string' ? sealer.open(state) : null
    const parsed = Travelling.safeParse(text === null ? null : JSON.parse(text))
    if (!parsed.success) refuse('The answer does not belong to anything that was begun here.')
    const { until, sessionId } = parsed.data
    if (until < deps.now().getTime()) refuse('More than ten minutes have passed.')
    const ctx = await sessionOf(req)
    if (ctx?.principal.kind !== 'staff' || ctx.principal.sessionId !== sessionId) {
      refuse('It was begun in another browser, or you were signed out meanwhile.')
    }
    return parsed.data
  }

  async function finish(req: Request): Promise<string> {
    const { tenantId, connectionId, verifier, nonce } = await returned(req)
    const ctx = await sessionOf(req)
    if (!ctx) refuse('You were signed out meanwhile.')
    const own = { ...ctx, tenantId }
    const asked = await mustFind(own, connectionId, deps)
    // Once: whoever brings the same answer again finds nothing that was begun.
    const row = await changeConnection(
      asked,
      { 'pendingConsent.nonce': nonce, deletedAt: null },
      { $set: { pendingConsent: null } },
      { isUse: true },
    )
    if (!row) refuse('It was finished before, or begun anew since.')
    const { code, error } = req.query
    if (typeof code !== 'string') {
      refuse(
        error === 'access_denied'
          ? 'The consent was declined at the other system.'
          : 'The other system sent no consent back.',
      )
    }
    await keep(own, row, code, verifier)
    return connectionId
  }

  async function keep(
    ctx: TenantContext,
    row: ConnectionRow,
    code: string,
    codeVerifier: string,
  ): Promise<void> {
    const target = await opener.targetOf(row, ctx.requestId)
    const { oauth } = target.connector
    if (!oauth) refuse('The connector no longer signs in by consent.')
    const options = { purpose: 'oauth.exchange', signal: AbortSignal.timeout(20_000) }
    const tokens = await oauth
      .exchange(opener.signingIn(target, options), { code, redirectUri, codeVerifier })
      .catch((failure: unknown) => {
        if (failure instanceof ConnectorError) refuse(failure.message)
        throw failure
      })
    const authorisation = await sealTokens(row, tokens, deps)
    const changed = await changeConnection(
      row,
      { deletedAt: null },
      {
        $set: { authorisation, refreshLease: null },
        $inc: { revision: 1 },
        $push: {
          pendingEvents: newEvent(ctx, 'connection.credentials_changed', {
            connectionId: row._id,
            connectorId: row.connectorId,
            fields: ['authorisation'],
          }),
        },
      },
    )
    opener.forget(row._id)
    await audit(ctx, 'connection.authorised', row._id, { fields: ['authorisation'] })
    if (changed) await announce(changed, deps)
  }

  function showFailure(res: Response, sentence: string): void {
    setPagePolicy(res)
    const main = html`<section class="consent" aria-labelledby="failed">
      <h1 id="failed">The connection was not authorised</h1>
      <p>${sentence}</p>
      <p>Nothing was changed. Go back to the connection and choose "Authorise" again.</p>
      <p><a href="/admin/connections">Connections</a></p>
    </section>`
    res
      .status(400)
      .type('html')
      .send(document({ title: 'The connection was not authorised', main }))
  }

  const router = Router()
  router.get(callbackPath, async (req, res) => {
    res.setHeader('cache-control', 'no-store').setHeader('referrer-policy', 'no-referrer')
    try {
      const id = await finish(req)
      res.redirect(303, `/admin/connections/${encodeURIComponent(id)}?authorised=yes`)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      showFailure(res, error.message)
    }
  })
  return { begin, router }
}

function wholeCredentials(
  connector: { readonly name: string; readonly credentials: z.ZodObject },
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const parsed = connector.credentials.safeParse(values)
  if (parsed.success) return parsed.data
  throw new AppError(
    'connection_settings_invalid',
    `Set the credentials of ${connector.name} first: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}`,
  )
}
