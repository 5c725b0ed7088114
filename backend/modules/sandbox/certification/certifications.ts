import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Page } from '../../../../shared/api/contract.ts'
import type { Certification } from '../../../../shared/api/sandbox.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { defineJob, type JobDefinition, type JobRun } from '../../../core/jobs/index.ts'
import { showPage, type TimedQuery } from '../../../core/lists/index.ts'
import { systemContext, type TenantContext } from '../../../core/tenancy.ts'
import type { SandboxDeps } from '../deps.ts'
import { changeSandbox, findSandbox, type SandboxRow } from '../sandbox-store.ts'
import { sandboxOf } from '../show-sandbox.ts'
import {
  type CertificationRow,
  findCertification,
  findCertificationPage,
  insertCertification,
  isCertifying,
  moveCertification,
  noteCheck,
} from './certification-store.ts'
import { checks, pendingChecks } from './checks.ts'
import { type CertificationSession, openSession } from './session.ts'
import { skipped } from './verdict.ts'

const Input = z.object({ certificationId: z.string() })
export type CertificationJob = JobDefinition<typeof Input>

type Wanted =
  | { readonly endpointUrl: string; readonly secret?: string | undefined }
  | { readonly webhookId: string }

const secretField = (id: string) => `sandbox.certification.${id}.secret`
const standingField = 'sandbox.certification.secret'

/** Starts a run; its deliveries are sent by a job. */
export async function startCertification(
  ctx: TenantContext,
  id: string,
  wanted: Wanted,
  deps: SandboxDeps & { readonly job: CertificationJob },
): Promise<Certification & { secret: string | null }> {
  const sandbox = await sandboxOf(ctx, id)
  const inside = systemContext(id, 'certification', ctx.requestId)
  const target = await targetOf(sandbox, inside, wanted, deps)
  deps.outgoing.checkUrl(target.url, 'endpoint')
  if (await isCertifying(id)) {
    throw new AppError('conflict', 'A certification of this sandbox is running; wait or cancel it')
  }
  const row = await insertCertification(
    id,
    { endpointUrl: target.url, checks: [...pendingChecks] },
    (certificationId) => deps.secrets.encrypt(inside, secretField(certificationId), target.secret),
  )
  await deps.queue.enqueue(inside, deps.job, { certificationId: row._id }, { key: row._id })
  await recordAudit(ctx, {
    action: 'sandbox.certify',
    target: { type: 'certification', id: row._id },
    result: 'success',
  })
  return { ...showCertification(row), secret: target.isOurs ? target.secret : null }
}

async function targetOf(
  sandbox: SandboxRow,
  inside: TenantContext,
  wanted: Wanted,
  deps: SandboxDeps,
): Promise<{ url: string; secret: string; isOurs: boolean }> {
  if ('webhookId' in wanted) {
    const [endpoint] = await deps.findWebhooks(inside, { id: wanted.webhookId })
    const secret = endpoint?.secrets[0]
    if (!endpoint || secret === undefined) {
      throw new AppError('not_found', `The webhook ${wanted.webhookId} does not exist`)
    }
    return { url: endpoint.url, secret, isOurs: false }
  }
  const { endpointUrl: url, secret } = wanted
  if (secret !== undefined) return { url, secret, isOurs: false }
  return { url, secret: await standingSecret(sandbox, inside, deps), isOurs: true }
}

/** One secret for all runs of a sandbox, so that an endpoint can be given it before the next. */
async function standingSecret(
  sandbox: SandboxRow,
  inside: TenantContext,
  { secrets }: Pick<SandboxDeps, 'secrets'>,
): Promise<string> {
  if (sandbox.certificationSecret !== null) {
    return secrets.decrypt(inside, standingField, sandbox.certificationSecret)
  }
  const secret = `whsec_${randomBytes(32).toString('base64')}`
  const sealed = await secrets.encrypt(inside, standingField, secret)
  await changeSandbox(sandbox._id, { certificationSecret: sealed })
  return secret
}

function showCertification(row: CertificationRow): Certification {
  const { checks: judged, status } = row
  const ended = judged.filter(({ outcome }) => outcome !== 'pending').length
  return {
    id: row._id,
    sandboxId: row.tenantId,
    endpointUrl: row.endpointUrl,
    status,
    progress: judged.length === 0 ? 0 : ended / judged.length,
    passed: status === 'done' ? judged.every(({ outcome }) => outcome !== 'failed') : null,
    checks: judged,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export async function listCertifications(
  ctx: TenantContext,
  id: string,
  query: TimedQuery,
): Promise<Page<Certification>> {
  await sandboxOf(ctx, id)
  return showPage(await findCertificationPage(id, query), showCertification)
}

export async function readCertification(
  ctx: TenantContext,
  id: string,
  certificationId: string,
): Promise<Certification> {
  await sandboxOf(ctx, id)
  const row = await findCertification(id, certificationId)
  if (!row) throw new AppError('not_found', `The certification ${certificationId} does not exist`)
  return showCertification(row)
}

/** The job sees it before its next check. */
export async function cancelCertification(
  ctx: TenantContext,
  id: string,
  certificationId: string,
): Promise<Certification> {
  await readCertification(ctx, id, certificationId)
  const row = await moveCertification(id, certificationId, 'cancelled')
  if (!row) throw new AppError('conflict', 'The certification has ended already')
  return showCertification(row)
}

export function defineCertificationJob(
  deps: Pick<SandboxDeps, 'outgoing' | 'secrets' | 'now'>,
): CertificationJob {
  return defineJob({
    name: 'sandbox.certify',
    input: Input,
    attempts: 3,
    run: (ctx, { certificationId }, run) => certify(ctx, certificationId, run, deps),
  })
}

/** Goes on with the first check that has no outcome, so that a cut-off run is finished by the next try. */
async function certify(
  ctx: TenantContext,
  certificationId: string,
  run: JobRun,
  deps: Pick<SandboxDeps, 'outgoing' | 'secrets' | 'now'>,
): Promise<void> {
  const row = await moveCertification(ctx.tenantId, certificationId, 'running')
  const sandbox = row && (await findSandbox(ctx.tenantId, ctx.tenantId))
  if (!sandbox) return
  const session = openSession({
    url: row.endpointUrl,
    secret: await deps.secrets.decrypt(ctx, secretField(row._id), row.secret),
    outgoing: deps.outgoing,
    signal: run.signal,
    now: deps.now,
  })
  const outcomes = new Map(row.checks.map(({ name, outcome }) => [name, outcome]))
  for (const [index, check] of checks.entries()) {
    if (outcomes.get(check.name) !== 'pending') continue
    run.signal.throwIfAborted()
    const isHopeless = check.needsValid && outcomes.get('valid-delivery') === 'failed'
    const judged = await judge(check, session, sandbox, isHopeless === true)
    outcomes.set(check.name, judged.outcome)
    run.progress((index + 1) / checks.length)
    if (!(await noteCheck(row, judged))) return
  }
  await moveCertification(ctx.tenantId, certificationId, 'done')
}

async function judge(
  check: (typeof checks)[number],
  session: CertificationSession,
  sandbox: SandboxRow,
  isHopeless: boolean,
) {
  const startedAt = performance.now()
  const verdict = isHopeless
    ? skipped('a right delivery was not taken, so this says nothing')
    : await check.run(session, sandbox.habits)
  const durationMs = Math.round(performance.now() - startedAt)
  return { name: check.name, title: check.title, ...verdict, durationMs }
}
