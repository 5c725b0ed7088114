import { AppError } from '../../../shared/errors.ts'
import { isProblemCause, type ProblemCause } from '../../../shared/problem-causes.ts'
import { problemGuide } from '../../../shared/problem-guide.ts'
import { isDuplicateKey } from '../../core/duplicate-key.ts'
import { newId } from '../../core/ids.ts'
import { redactText } from '../../core/redaction.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ProblemReport, ProblemsDeps } from './definition.ts'
import { sameProblemMs } from './recovery.ts'
import { isGraver, severityOf } from './severity.ts'
import {
  findResolvedSince,
  findUnresolved,
  forgetRecoveries,
  insertProblem,
  meetAgain,
  openAgain,
  openKeyOf,
  type ProblemRow,
  raise,
  type StoredEvidence,
} from './store.ts'
import { tellOfProblem } from './tell.ts'

const tries = 5
const mostDetail = 500
/** What the kit's gate counts before it pauses. */
const pausing: ReadonlySet<ProblemCause> = new Set(['unavailable', 'timeout', 'unreachable'])

/** What a problem is about, before it is known whether it is a new one. */
export interface Finding {
  readonly subject: string
  readonly cause: ProblemCause
  readonly evidence: StoredEvidence
  readonly severity: ProblemReport['severity']
  readonly capability: string | null
  /** Read only where a problem is opened. */
  describe(): Promise<
    Pick<ProblemRow, 'connectionId' | 'connectionName' | 'connectorId' | 'connectorKind'> & {
      readonly credentialsExpireAt?: string | null
    }
  >
}

/** One open problem per organisation, connection and cause, however many report it at once. */
export async function reportProblem(
  ctx: TenantContext,
  { connectionId, cause: code, evidence, severity, capability = '' }: ProblemReport,
  deps: ProblemsDeps,
): Promise<void> {
  const cause = await causeOf(ctx, connectionId, code)
  const at = deps.now()
  const detail = isProblemCause(code) ? evidence.detail : `${code}: ${evidence.detail}`
  try {
    await meet(ctx, deps, {
      subject: connectionId,
      cause,
      severity,
      capability: capability || null,
      evidence: {
        at,
        kind: evidence.kind.slice(0, 50),
        // Vendors put what they like into their messages.
        detail: redactText(detail).slice(0, mostDetail),
      },
      async describe() {
        const { name, connectorId, kind, credentialsExpireAt } = await deps
          .connections()
          .read(ctx, connectionId)
        return {
          connectionId,
          connectionName: name,
          connectorId,
          connectorKind: kind,
          credentialsExpireAt,
        }
      },
    })
  } catch (error) {
    // It was deleted while its last request was under way.
    if (error instanceof AppError && error.code === 'not_found') return
    throw error
  }
  if (problemGuide[cause].closedBy === 'success') {
    await forgetRecoveries(ctx.tenantId, connectionId)
  }
}

/** That we pause has a cause, which is the problem: it is one of its own only where nothing else is known. */
async function causeOf(
  ctx: TenantContext,
  connectionId: string,
  code: string,
): Promise<ProblemCause> {
  if (!isProblemCause(code)) return 'other'
  if (code !== 'circuit_open') return code
  const failures = (await findUnresolved(ctx.tenantId, connectionId))
    .filter(({ cause, capability }) => capability === null && pausing.has(cause))
    .sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
  return failures[0]?.cause ?? code
}

/** Meets the open problem again, opens the one that was resolved a while ago, or a new one. */
export async function meet(
  ctx: TenantContext,
  deps: ProblemsDeps,
  finding: Finding,
): Promise<void> {
  const { subject, cause, evidence } = finding
  for (let left = tries; left > 0; left--) {
    const met = await meetAgain(ctx, openKeyOf(subject, cause), evidence)
    if (met) return tellOfProblem(await raised(ctx, met, finding, deps), deps)
    try {
      const opened = await open(ctx, deps, finding)
      if (!opened) continue
      return await tellOfProblem(opened, deps, { isCounted: true })
    } catch (error) {
      // Another reporter opened it in this moment.
      if (!isDuplicateKey(error)) throw error
    }
  }
  throw new AppError('conflict', 'The problem changes at this moment; report it again')
}

async function raised(
  ctx: TenantContext,
  met: ProblemRow,
  finding: Finding,
  deps: ProblemsDeps,
): Promise<ProblemRow> {
  const severity = await severityNow(met.cause, finding, deps)
  if (severity === null || !isGraver(severity, met.severity)) return met
  return (await raise(ctx, met, severity)) ? { ...met, severity } : met
}

/** Null where it cannot have changed. */
async function severityNow(cause: ProblemCause, finding: Finding, deps: ProblemsDeps) {
  if (finding.severity !== undefined) return finding.severity
  if (cause !== 'credentials_expiring') return null
  const { credentialsExpireAt } = await finding.describe()
  return severityOf(cause, { credentialsExpireAt, now: deps.now() })
}

async function open(
  ctx: TenantContext,
  deps: ProblemsDeps,
  finding: Finding,
): Promise<ProblemRow | null> {
  const { subject, cause, evidence } = finding
  const { at } = evidence
  const { credentialsExpireAt, ...about } = await finding.describe()
  const severity = finding.severity ?? severityOf(cause, { credentialsExpireAt, now: deps.now() })
  const since = new Date(at.getTime() - sameProblemMs)
  const before = await findResolvedSince(ctx, subject, cause, since)
  if (before) {
    const change = { ...about, severity, openedAt: at, lastSeenAt: at, updatedAt: at }
    return openAgain(ctx, before, change, { evidence })
  }
  const tenantKind = (await deps.lineageOf(ctx.tenantId)).at(-1)?.kind ?? 'school'
  const { owner } = problemGuide[cause]
  const row: ProblemRow = {
    _id: newId('prb', at.getTime()),
    tenantId: ctx.tenantId,
    tenantKind,
    subject,
    ...about,
    cause,
    capability: finding.capability,
    status: 'open',
    severity,
    // A connection of a trust is put right by the trust.
    owner:
      owner === 'school' && ['trust', 'local-authority'].includes(tenantKind) ? 'trust' : owner,
    evidence: [evidence],
    firstSeenAt: at,
    openedAt: at,
    lastSeenAt: at,
    occurrences: 1,
    flaps: 0,
    recovery: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    resolvedBy: null,
    notes: [],
    openKey: openKeyOf(subject, cause),
    createdAt: at,
    updatedAt: at,
  }
  await insertProblem(ctx, row)
  return row
}
