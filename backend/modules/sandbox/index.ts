import { sandboxApi } from '../../../shared/api/sandbox.ts'
import type { EndedCall, Gate } from '../../core/http/index.ts'
import type { AnyJob } from '../../core/jobs/index.ts'
import { defineModule, type Module } from '../../core/module.ts'
import { CertificationModel } from './certification/certification-store.ts'
import {
  cancelCertification,
  defineCertificationJob,
  listCertifications,
  readCertification,
  startCertification,
} from './certification/certifications.ts'
import { createSandbox } from './create-sandbox.ts'
import type { SandboxDeps } from './deps.ts'
import { createDials } from './dials.ts'
import { defineExpiryJob } from './expiry-job.ts'
import { createFaultGate, type DeliveryFaults, deliveryFaultsOf } from './fault-gate.ts'
import { createHabitObserver } from './habits.ts'
import { InspectionModel } from './inspector/inspection-store.ts'
import { clearInspections, listInspections, setAnswer } from './inspector/inspections.ts'
import { inspectorRouter } from './inspector/receive.ts'
import { listSandboxes } from './list-sandboxes.ts'
import { deleteSandbox, removeSandbox } from './remove-sandbox.ts'
import { resetSandbox } from './reset-sandbox.ts'
import { findByToken, SandboxModel } from './sandbox-store.ts'
import { clockOf, sandboxOf, showSandbox } from './show-sandbox.ts'
import { moveClock, setFaults } from './turn-dials.ts'

export type { SandboxDeps, SandboxLmsPark } from './deps.ts'
export type { DeliveryFaults } from './fault-gate.ts'

export interface SandboxModule extends Module<typeof sandboxApi> {
  readonly jobs: readonly AnyJob[]
  /** Makes calls to sandboxes fail as their dials say. */
  readonly faultGate: Gate
  /** Watches the use of sandboxes, for their expiry and certification. */
  observe(call: EndedCall): void
  /** What goes wrong with one delivery of a webhook; to be asked once for each. Null: nothing. */
  deliveryFaults(tenantId: string): DeliveryFaults | null
  /** What a tenant takes for now; real time but for a sandbox whose clock was moved. */
  now(tenantId: string): Date
  /** Whether a sandbox has the simulated LMS at this token. */
  hasLms(token: string): Promise<boolean>
  /** Deletes a sandbox at once, with everything that is its own. */
  remove(id: string): Promise<void>
  /** Reads the dials before anything is served, then each second. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Sandboxes: synthetic schools, their inspector, faults, clock and certification. */
export function createSandboxModule(options: SandboxDeps): SandboxModule {
  const { log, now } = options
  const dials = createDials({ log, now })
  const job = defineCertificationJob(options)
  const deps = { ...options, dials, job }
  const module = defineModule({
    name: 'sandbox',
    contract: sandboxApi,
    models: [SandboxModel, InspectionModel, CertificationModel],
    router: inspectorRouter(deps),
    handlers: {
      'POST /api/v1/sandboxes': (ctx, { body }, request) => createSandbox(ctx, body, request, deps),
      'GET /api/v1/sandboxes': (ctx, { query }) => listSandboxes(ctx, query, deps),
      'GET /api/v1/sandboxes/:id': async (ctx, { params }) =>
        showSandbox(await sandboxOf(ctx, params.id), deps),
      'DELETE /api/v1/sandboxes/:id': (ctx, { params }) => deleteSandbox(ctx, params.id, deps),
      'POST /api/v1/sandboxes/:id/reset': (ctx, { params, body }) =>
        resetSandbox(ctx, params.id, body, deps),
      'GET /api/v1/sandboxes/:id/faults': async (ctx, { params }) =>
        (await sandboxOf(ctx, params.id)).faults,
      'PUT /api/v1/sandboxes/:id/faults': (ctx, { params, body }) =>
        setFaults(ctx, params.id, body, deps),
      'GET /api/v1/sandboxes/:id/clock': async (ctx, { params }) =>
        clockOf((await sandboxOf(ctx, params.id)).clockOffsetSeconds, now()),
      'PUT /api/v1/sandboxes/:id/clock': (ctx, { params, body }) =>
        moveClock(ctx, params.id, body, deps),
      'GET /api/v1/sandboxes/:id/inspector': async (ctx, { params }) =>
        (await sandboxOf(ctx, params.id)).inspector,
      'PUT /api/v1/sandboxes/:id/inspector': (ctx, { params, body }) =>
        setAnswer(ctx, params.id, body),
      'GET /api/v1/sandboxes/:id/inspections': (ctx, { params, query }) =>
        listInspections(ctx, params.id, query),
      'DELETE /api/v1/sandboxes/:id/inspections': (ctx, { params }) =>
        clearInspections(ctx, params.id),
      'GET /api/v1/sandboxes/:id/certifications': (ctx, { params, query }) =>
        listCertifications(ctx, params.id, query),
      'POST /api/v1/sandboxes/:id/certifications': (ctx, { params, body }) =>
        startCertification(ctx, params.id, body, deps),
      'GET /api/v1/sandboxes/:id/certifications/:certificationId': (ctx, { params }) =>
        readCertification(ctx, params.id, params.certificationId),
      'POST /api/v1/sandboxes/:id/certifications/:certificationId/cancel': (ctx, { params }) =>
        cancelCertification(ctx, params.id, params.certificationId),
    },
  })
  return {
    ...module,
    jobs: [job, defineExpiryJob(deps)],
    faultGate: createFaultGate(dials),
    observe: createHabitObserver(dials, () => now().getTime()),
    deliveryFaults: deliveryFaultsOf(dials),
    now: (tenantId) => dials.now(tenantId),
    hasLms: async (lmsToken) => (await findByToken({ lmsToken })) !== null,
    /** Deletes a sandbox at once, with everything that is its own. */
    remove: (id: string) => removeSandbox(id, deps),
    start: () => dials.start(),
    stop: () => dials.stop(),
  }
}
