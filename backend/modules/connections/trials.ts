import type { Connection, ConnectionTest } from '../../../shared/api/connections.ts'
import { AppError } from '../../../shared/errors.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { changedMeanwhile, moveState, mustFind } from './change.ts'
import type { Consents } from './consent.ts'
import { readCredentials } from './credentials.ts'
import type { ConnectionsDeps } from './deps.ts'
import { mustOffer } from './find-connector.ts'
import type { Opener } from './open.ts'
import { showConnection } from './show.ts'
import { assertMay } from './states.ts'
import type { ConnectionRow, StoredHealth } from './store.ts'
import { runTest } from './test-steps.ts'

export interface TrialParts {
  readonly deps: ConnectionsDeps
  readonly opener: Opener
  readonly consents: Consents
}

interface Unsaved {
  readonly connectorId: string
  readonly config: Readonly<Record<string, unknown>>
  readonly credentials?: Readonly<Record<string, unknown>> | undefined
  readonly connectionId?: string | undefined
}

const consentOf = (row: ConnectionRow, { consents }: TrialParts) =>
  row.authorisation?.state === 'granted' ? consents.sourceOf(row) : null

/** Tries what is in a form; secrets that were left empty are those on record. */
export async function testUnsaved(
  ctx: TenantContext,
  { connectorId, config, credentials = {}, connectionId }: Unsaved,
  parts: TrialParts,
): Promise<ConnectionTest> {
  const { deps } = parts
  const connector = await mustOffer(ctx, connectorId, deps)
  const row = connectionId === undefined ? null : await mustFind(ctx, connectionId, deps)
  if (row && row.connectorId !== connectorId) {
    throw new AppError(
      'connection_settings_invalid',
      `The connection ${row._id} is to another system (${row.connectorId})`,
    )
  }
  const given = Object.entries(credentials).filter(([, value]) => value !== '' && value !== null)
  const target = {
    connector,
    tenantId: row?.tenantId ?? ctx.tenantId,
    connectionId: `${row?._id ?? 'unsaved'}:${ctx.requestId}`,
    config,
    credentials: { ...(row && (await readCredentials(row, deps))), ...Object.fromEntries(given) },
    requestId: ctx.requestId,
  }
  const consent = connector.oauth ? (row ? consentOf(row, parts) : null) : undefined
  return runTest(target, consent, parts)
}

/** Tries what is on record. */
export async function testSaved(
  ctx: TenantContext,
  id: string,
  parts: TrialParts,
): Promise<ConnectionTest> {
  return testRow(ctx, await mustFind(ctx, id, parts.deps), parts)
}

async function testRow(
  ctx: TenantContext,
  row: ConnectionRow,
  parts: TrialParts,
): Promise<ConnectionTest> {
  const target = await parts.opener.targetOf(row, ctx.requestId)
  const consent = target.connector.oauth ? consentOf(row, parts) : undefined
  return runTest(target, consent, parts)
}

/** Puts a connection to use where every step passes; otherwise it stays out of use and says why. */
export async function activate(
  ctx: TenantContext,
  id: string,
  reason: string,
  parts: TrialParts,
): Promise<Connection> {
  const { deps } = parts
  const asked = await mustFind(ctx, id, deps)
  assertMay('activate', asked.state)
  const isIdle = ['draft', 'testing', 'paused', 'disabled'].includes(asked.state)
  const row = isIdle
    ? await moveState(
        ctx,
        asked,
        { to: 'testing', code: 'testing', message: 'Being tested before it is put to use' },
        deps,
      )
    : asked
  if (!row) throw changedMeanwhile()
  const { ok, steps } = await testRow(ctx, row, parts)
  const awaitsConsent = steps.some(
    ({ id: step, status }) => step === 'credentials' && status === 'skipped',
  )
  const failed = steps.find(({ status }) => status === 'failed')
  if (!ok || awaitsConsent) {
    const message = failed
      ? `${failed.title}: ${[failed.detail, failed.whatToDo].filter(Boolean).join(' ')}`
      : 'Nobody has authorised it yet. Choose "Authorise" and consent at the other system.'
    if (isIdle) {
      const back = asked.state === 'testing' ? 'draft' : asked.state
      await moveState(ctx, row, { to: back, code: 'test_failed', message }, deps)
    }
    throw new AppError('connection_test_failed', message)
  }
  const health: StoredHealth = {
    state: 'ok',
    since: deps.now(),
    checkedAt: deps.now(),
    latencyMs: steps.find(({ id: step }) => step === 'credentials')?.durationMs ?? null,
    code: null,
    message: null,
  }
  const moved = await moveState(
    ctx,
    row,
    {
      to: 'active',
      code: 'activated',
      message: reason || 'Every step of the test passed',
      also: { health },
    },
    deps,
  )
  if (!moved) throw changedMeanwhile()
  return showConnection(moved, deps)
}
