import type { SyntheticTest } from '../../../shared/api/monitoring.ts'
import { AppError } from '../../../shared/errors.ts'
import { ConnectorError } from '../../connector-kit/index.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { newId } from '../../core/ids.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import type { OpenConnection } from '../connections/index.ts'
import { assertInUse } from './check-now.ts'
import type { MonitoringDeps } from './deps.ts'
import {
  insertSynthetic,
  type SyntheticRow,
  showSynthetic,
  syntheticKeptMs,
} from './synthetic-store.ts'

const timeoutMs = 30_000

/** Tries what a connection is used for; each test is a real request or a few of them. */
export async function runSyntheticTests(
  ctx: TenantContext,
  id: string,
  names: readonly string[] | undefined,
  deps: MonitoringDeps,
): Promise<{ results: SyntheticTest[] }> {
  const { tenantId, ...connection } = await deps.connections.read(ctx, id)
  assertInUse(connection)
  const signal = AbortSignal.timeout(timeoutMs)
  const opened = await deps.connections.open(systemContext(tenantId, 'monitoring'), id, {
    signal,
    purpose: 'synthetic',
    timeoutMs,
    retries: 0,
  })
  const rows: SyntheticRow[] = []
  for (const test of chosen(opened, names)) {
    const createdAt = deps.now()
    const result = await run(opened, test, signal, deps)
    rows.push({
      _id: newId('syn', createdAt.getTime()),
      tenantId,
      connectionId: id,
      ...result,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + syntheticKeptMs),
    })
  }
  await insertSynthetic(rows)
  await recordAudit(ctx, {
    action: 'connection.synthetic-test',
    target: { type: 'connection', id },
    result: 'success',
    fields: rows.map(({ name }) => name),
  })
  return { results: rows.map(showSynthetic) }
}

type Test = readonly [string, { readonly title: string }]

function chosen({ connector }: OpenConnection, names: readonly string[] | undefined): Test[] {
  const tests = Object.entries(connector.synthetic ?? {})
  if (!names && tests.length > 0) return tests
  const unknown = names?.filter((name) => !tests.some(([own]) => own === name)) ?? []
  if (!names || unknown.length > 0) {
    const offer = tests.map(([name]) => name).join(', ') || 'none'
    throw new AppError(
      'synthetic_test_unknown',
      `${connector.name} has no synthetic test ${unknown.join(', ')}; there are: ${offer}`,
    )
  }
  return tests.filter(([name]) => names.includes(name))
}

async function run(
  { connector, context }: OpenConnection,
  [name, { title }]: Test,
  signal: AbortSignal,
  { log }: MonitoringDeps,
): Promise<Pick<SyntheticRow, 'name' | 'title' | 'status' | 'code' | 'message' | 'durationMs'>> {
  const startedAt = performance.now()
  const ended = () => Math.round(performance.now() - startedAt)
  try {
    const message = await connector.synthetic?.[name]?.run(context)
    return {
      name,
      title,
      status: 'passed',
      code: null,
      message: message ?? null,
      durationMs: ended(),
    }
  } catch (error) {
    const failure = { name, title, status: 'failed' as const, durationMs: ended() }
    if (error instanceof ConnectorError) {
      return { ...failure, code: error.code, message: error.message }
    }
    if (signal.aborted) {
      return { ...failure, code: 'timeout', message: 'There was no answer within 30 seconds.' }
    }
    log.warn({ err: error, connectionId: context.connectionId }, 'a synthetic test broke')
    return {
      ...failure,
      code: 'internal',
      message: 'The test itself broke; the log of this installation says why.',
    }
  }
}
