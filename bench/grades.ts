import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { readConfig } from '../backend/config.ts'
import { createLogger } from '../backend/core/logging.ts'
import { platformContext } from '../backend/core/platform-tenant.ts'
import { systemContext } from '../backend/core/tenancy.ts'
import { DeliveryModel, ensureDelivery } from '../backend/modules/lti/scores/delivery-store.ts'
import { createTenant } from '../backend/modules/tenants/index.ts'
import { startServer } from '../backend/start.ts'
import { startWorker } from './measure.ts'

export interface GradeFigures {
  readonly grades: number
  readonly seconds: number
  /** Against the time that the gradebook's own limit needs, its failures included. */
  readonly shareOfLimit: number
  readonly lost: number
  /** Scores that took the place of another of the same person. */
  readonly doubled: number
  readonly refusals: number
}

interface Counts {
  readonly refused: number
  readonly failed: number
  readonly wrong: number
  readonly people: number
}

const perSecond = 10
// Handlers that read nothing of the request.
const noRequest = {} as never

/** Sends so many grades to a gradebook that takes ten requests a second with 5 % failures, each person's one. */
export async function measureGrades(grades: number): Promise<GradeFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-bench-grades-'))
  const sink = await startWorker('gradebook-sink.ts', {})
  const config = readConfig(
    {
      PORT: '0',
      DATA_DIR: dataDir,
      EDPSYCH_DEMO: '0',
      EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1',
      EDPSYCH_ADMIN_PASSWORD: 'a long bench passphrase',
      EDPSYCH_ADMIN_EMAIL: 'admin@bench.example',
      NODE_ENV: 'production',
    },
    '0.0.0-bench',
  )
  const server = await startServer(config, createLogger({ level: 'silent' }))
  try {
    const { lti } = server.services
    const facts = { name: 'Bench', slug: 'bench-grades', kind: 'school' } as const
    const ctx = systemContext((await createTenant(platformContext('bench'), facts)).id, 'bench')
    const body = {
      name: 'Bench LMS',
      issuer: sink.url,
      clientId: 'bench',
      authorizationEndpoint: `${sink.url}/auth`,
      tokenEndpoint: `${sink.url}/token`,
      jwksUri: `${sink.url}/jwks`,
      deploymentIds: ['1'],
      allowAnonymous: false,
    }
    const create = lti.handlers['POST /api/v1/lti/platforms']
    const { id: platformId } = await create(ctx, { body } as never, noRequest)
    for (let no = 0; no < grades; no += 1) {
      await ensureDelivery(ctx, {
        attemptId: `att_bench_${no}`,
        revision: 1,
        itemId: 'itm_bench',
        platformId,
        courseId: null,
        resourceLinkId: null,
        lineItem: `${sink.url}/line-items/1`,
        subject: `learner-${no}`,
        score: no % 11,
        maxScore: 10,
        comment: null,
        submittedAt: new Date(),
        status: 'pending',
      })
    }
    await DeliveryModel.updateMany({ tenantId: ctx.tenantId }, { $set: { status: 'failed' } })
    const counts = async () => (await (await fetch(`${sink.url}/counts`)).json()) as Counts
    const startedAt = performance.now()
    await lti.handlers['POST /api/v1/grades/resync'](
      ctx,
      { body: { platformId } } as never,
      noRequest,
    )
    const left = () =>
      DeliveryModel.countDocuments({ tenantId: ctx.tenantId, status: { $ne: 'sent' } })
    const end = Date.now() + (grades / perSecond) * 3_000
    while ((await left()) > 0 && Date.now() < end) await wait(250)
    const seconds = (performance.now() - startedAt) / 1000
    const { refused, failed, wrong, people } = await counts()
    return {
      grades,
      seconds,
      shareOfLimit: seconds / ((grades + failed) / perSecond),
      lost: grades - people + (await left()),
      doubled: wrong,
      refusals: refused,
    }
  } finally {
    await server.stop()
    await sink.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
