import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { readConfig } from '../backend/config.ts'
import { createLogger } from '../backend/core/logging.ts'
import { platformContext } from '../backend/core/platform-tenant.ts'
import { systemContext, type TenantContext } from '../backend/core/tenancy.ts'
import { saveCourse } from '../backend/modules/lti/courses/course-store.ts'
import { createTenant } from '../backend/modules/tenants/index.ts'
import { startServer } from '../backend/start.ts'
import type { SyncRun } from '../shared/api/syncs.ts'
import { startWorker } from './measure.ts'

export interface CourseSyncFigures {
  readonly enrollments: number
  readonly firstSeconds: number
  /** The same courses again, unchanged, as the schedule reads them. */
  readonly secondSeconds: number
  /** The same once more, everything compared record by record, as once a week. */
  readonly wholeSeconds: number
}

type Services = Awaited<ReturnType<typeof startServer>>['services']

// Handlers that read nothing of the request.
const noRequest = {} as never

/** The time of three runs over so many courses of one LMS, from the request to the end of each run. */
export async function measureCourseSync(courses = 2_000): Promise<CourseSyncFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-bench-courses-'))
  const sink = await startWorker('members-sink.ts', {})
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
    const facts = { name: 'Bench', slug: 'bench-courses', kind: 'school' } as const
    const { id } = await createTenant(platformContext('bench'), facts)
    const ctx = systemContext(id, 'bench')
    const platformId = await addPlatform(ctx, sink.url, courses, server.services)
    const run = (full: boolean) => timedRun(ctx, platformId, full, server.services)
    const first = await run(false)
    const second = await run(false)
    const whole = await run(true)
    if (second.run.counts.classes.unchanged !== courses) throw new Error('it was not unchanged')
    return {
      enrollments: first.run.counts.enrollments.created,
      firstSeconds: first.seconds,
      secondSeconds: second.seconds,
      wholeSeconds: whole.seconds,
    }
  } finally {
    await server.stop()
    await sink.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

export async function addPlatform(
  ctx: TenantContext,
  url: string,
  courses: number,
  { lti }: Services,
): Promise<string> {
  const create = lti.handlers['POST /api/v1/lti/platforms']
  const body = {
    name: 'Bench LMS',
    issuer: url,
    clientId: 'bench',
    authorizationEndpoint: `${url}/auth`,
    tokenEndpoint: `${url}/token`,
    jwksUri: `${url}/jwks`,
    deploymentIds: ['1'],
    allowAnonymous: false,
  }
  const { id: platformId } = await create(ctx, { body } as never, noRequest)
  for (let no = 0; no < courses; no++) {
    await saveCourse(
      ctx,
      { platformId, deploymentId: '1', contextId: `course-${no}` },
      {
        title: `Course ${no}`,
        label: null,
        membershipsUrl: `${url}/members/${no}`,
        lineItemsUrl: null,
        groupsUrl: null,
        groupSetsUrl: null,
        gradeScopes: [],
        launchedAt: new Date(),
      },
    )
  }
  return platformId
}

export async function timedRun(
  ctx: TenantContext,
  platformId: string,
  full: boolean,
  { sync }: Services,
): Promise<{ readonly run: SyncRun; readonly seconds: number }> {
  const startedAt = performance.now()
  const params = { id: platformId }
  const body = { preview: false, full }
  const start = sync.handlers['POST /api/v1/lti/platforms/:id/syncs']
  const { id } = await start(ctx, { params, body } as never, noRequest)
  const read = sync.handlers['GET /api/v1/syncs/:id']
  for (;;) {
    const run = await read(ctx, { params: { id } } as never, noRequest)
    if (run.status === 'succeeded') {
      return { run, seconds: (performance.now() - startedAt) / 1000 }
    }
    if (run.status !== 'waiting' && run.status !== 'running') {
      throw new Error(`the run ended ${run.status}: ${run.error?.message}`)
    }
    await wait(50)
  }
}
