import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import {
  ConnectorError,
  type OAuthTokens,
  refreshAtOf,
  type TokenSource,
} from '../../connector-kit/index.ts'
import { defineJob } from '../../core/jobs/index.ts'
import { systemContext } from '../../core/tenancy.ts'
import { moveState } from './change.ts'
import { failureOf } from './check.ts'
import { sealedField } from './credentials.ts'
import type { OpenOptions } from './definition.ts'
import type { ConnectionsDeps } from './deps.ts'
import type { Observers } from './observers.ts'
import type { Opener } from './open.ts'
import { isWorking } from './states.ts'
import {
  type ConnectionRow,
  changeConnection,
  findConnection,
  findDueForRefresh,
  type StoredAuthorisation,
} from './store.ts'

const leaseMs = 30_000
const lookEveryMs = 150
const refreshTimeoutMs = 20_000
const tryAgainMs = 30_000
const usualLifeSeconds = 3600

const needed = () =>
  new ConnectorError(
    'reauthorise',
    'Nobody has authorised the connection yet. Choose "Authorise" on its page.',
    { code: 'invalid_grant' },
  )

/** Seals what the other system issued; a refresh without a new refresh token keeps the former one. */
export async function sealTokens(
  row: Pick<ConnectionRow, '_id' | 'tenantId' | 'authorisation'>,
  tokens: OAuthTokens,
  deps: ConnectionsDeps,
): Promise<StoredAuthorisation> {
  const sealed = (name: string, text: string) =>
    deps.secrets.encrypt(row, sealedField(row._id, name), text)
  const now = deps.now().getTime()
  const lifeMs = (tokens.expiresInSeconds ?? usualLifeSeconds) * 1000
  const before = row.authorisation
  return {
    state: 'granted',
    sealedAccessToken: await sealed('oauth.access', tokens.accessToken),
    sealedRefreshToken: tokens.refreshToken
      ? await sealed('oauth.refresh', tokens.refreshToken)
      : (before?.sealedRefreshToken ?? null),
    expiresAt: new Date(now + lifeMs),
    refreshAt: new Date(refreshAtOf(now, lifeMs, Math.random())),
    account: tokens.account ?? before?.account ?? null,
  }
}

/** Consents of persons: hands out access tokens and replaces them at 80 % of their life, one refresher at a time. */
export function createConsents(deps: ConnectionsDeps, opener: Opener, observers: Observers) {
  const by = randomUUID()

  async function accessTokenOf(row: ConnectionRow): Promise<string> {
    const sealed = row.authorisation?.sealedAccessToken
    if (!sealed) throw needed()
    return deps.secrets.decrypt(row, sealedField(row._id, 'oauth.access'), sealed)
  }

  const isOver = ({ authorisation }: ConnectionRow) =>
    (authorisation?.expiresAt ?? deps.now()) <= deps.now()

  async function reread(row: ConnectionRow): Promise<ConnectionRow> {
    const found = await findConnection(row, row._id)
    if (found?.authorisation?.state !== 'granted') throw needed()
    return found
  }

  /** A token that is good now; the caller who finds it due replaces it, others use it on while it lasts. */
  async function goodToken(asked: ConnectionRow): Promise<string> {
    const row = await reread(asked)
    const refreshAt = row.authorisation?.refreshAt
    if (refreshAt && refreshAt > deps.now()) return accessTokenOf(row)
    return accessTokenOf(await refresh(row, { mustBeNew: isOver(row) }))
  }

  /** Refreshes, or waits for whoever does: in this process or another. */
  async function refresh(
    asked: ConnectionRow,
    { mustBeNew }: { readonly mustBeNew: boolean },
  ): Promise<ConnectionRow> {
    const before = asked.authorisation?.sealedAccessToken
    for (let row = asked; ; ) {
      const mine = await lease(row)
      if (mine) return refreshMine(mine, mustBeNew)
      if (!mustBeNew) return row
      await wait(lookEveryMs)
      row = await reread(row)
      if (row.authorisation?.sealedAccessToken !== before) return row
    }
  }

  /** Null: somebody else has it. A lease of a killed process ends by itself. */
  function lease(row: ConnectionRow): Promise<ConnectionRow | null> {
    const now = deps.now()
    return changeConnection(
      row,
      {
        'authorisation.sealedAccessToken': row.authorisation?.sealedAccessToken,
        deletedAt: null,
        $or: [{ refreshLease: null }, { 'refreshLease.until': { $lte: now } }],
      },
      { $set: { refreshLease: { by, until: new Date(now.getTime() + leaseMs) } } },
      { isUse: true },
    )
  }

  async function refreshMine(row: ConnectionRow, mustBeNew: boolean): Promise<ConnectionRow> {
    try {
      const tokens = await askForTokens(row)
      const authorisation = await sealTokens(row, tokens, deps)
      const changed = await changeConnection(
        row,
        { 'refreshLease.by': by },
        { $set: { authorisation, refreshLease: null } },
        { isUse: true },
      )
      tell(row, 'worked', null)
      return changed ?? (await reread(row))
    } catch (error) {
      return await afterFailure(row, error, mustBeNew)
    }
  }

  async function askForTokens(row: ConnectionRow): Promise<OAuthTokens> {
    const target = await opener.targetOf(row)
    const { oauth } = target.connector
    const sealed = row.authorisation?.sealedRefreshToken
    if (!oauth || !sealed) throw needed()
    const refreshToken = await deps.secrets.decrypt(
      row,
      sealedField(row._id, 'oauth.refresh'),
      sealed,
    )
    const options: OpenOptions = {
      purpose: 'oauth.refresh',
      signal: AbortSignal.timeout(refreshTimeoutMs),
      timeoutMs: refreshTimeoutMs,
    }
    return oauth.refresh(opener.signingIn(target, options), refreshToken)
  }

  /** What no trying again mends needs a person; otherwise the token is used on while it lasts. */
  async function afterFailure(
    row: ConnectionRow,
    error: unknown,
    mustBeNew: boolean,
  ): Promise<ConnectionRow> {
    const { code } = failureOf(error, deps)
    tell(row, 'failed', code)
    if (error instanceof ConnectorError && error.kind === 'reauthorise') {
      await changeConnection(
        row,
        { 'refreshLease.by': by },
        { $set: { 'authorisation.state': 'expired', refreshLease: null } },
        { isUse: true },
      )
      await askForConsent(row, code)
      throw error
    }
    const again = new Date(deps.now().getTime() + tryAgainMs)
    const kept = await changeConnection(
      row,
      { 'refreshLease.by': by },
      { $set: { 'authorisation.refreshAt': again, refreshLease: null } },
      { isUse: true },
    )
    if (mustBeNew || !kept) throw error
    return kept
  }

  async function askForConsent(row: ConnectionRow, code: string): Promise<void> {
    if (!isWorking(row.state) || row.state === 'action-needed') return
    const ctx = systemContext(row.tenantId, 'connections')
    const message =
      'The other system ended the consent. Choose "Authorise" on the page of the connection and sign in there again.'
    await moveState(ctx, row, { to: 'action-needed', code, message }, deps)
  }

  function tell(row: ConnectionRow, result: 'worked' | 'failed', code: string | null): void {
    const { tenantId, _id: connectionId } = row
    observers.refreshed({ tenantId, connectionId, result, code, at: deps.now() })
  }

  return {
    /** Undefined where the connector needs no consent. */
    sourceOf(row: ConnectionRow): TokenSource | undefined {
      if (!deps.connectors.get(row.connectorId)?.oauth) return undefined
      return {
        get: () => goodToken(row),
        async replace(refused) {
          const current = await reread(row)
          const token = await accessTokenOf(current)
          // Somebody replaced it meanwhile.
          if (token !== refused) return token
          return accessTokenOf(await refresh(current, { mustBeNew: true }))
        },
      }
    },
    job: defineJob({
      name: 'connections.refresh-consents',
      input: z.object({}),
      every: 30_000,
      async run() {
        const due = await findDueForRefresh(deps.now(), 200)
        // What fails is on record with the connection; the next run tries again.
        await Promise.allSettled(due.map((row) => refresh(row, { mustBeNew: false })))
      },
    }),
  }
}

export type Consents = ReturnType<typeof createConsents>
