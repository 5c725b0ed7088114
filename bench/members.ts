import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { readConfig } from '../backend/config.ts'
import { createLogger } from '../backend/core/logging.ts'
import { platformContext } from '../backend/core/platform-tenant.ts'
import { systemContext } from '../backend/core/tenancy.ts'
import { createTenant } from '../backend/modules/tenants/index.ts'
import { startServer } from '../backend/start.ts'
import { addPlatform, timedRun } from './course-sync.ts'
import { startWorker } from './measure.ts'

export interface MemberFigures {
  /** To Names and Roles; the one for the token is not counted. */
  readonly requests: number
  readonly taken: number
  readonly seconds: number
  /** Live heap at its highest beyond that of the idle server. */
  readonly heapMegabytes: number
}

const sampleEveryMs = 50

/** Takes over one course of so many people from an LMS that gives at most so many at once. */
export async function measureMembers(people: number, perPage: number): Promise<MemberFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-bench-members-'))
  const sink = await startWorker('members-sink.ts', {
    BENCH_PER_COURSE: String(people),
    // So that a step of seven meets everybody once.
    BENCH_PEOPLE: String(people),
    BENCH_PER_PAGE: String(perPage),
  })
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
    const facts = { name: 'Bench', slug: 'bench-members', kind: 'school' } as const
    const { id } = await createTenant(platformContext('bench'), facts)
    const ctx = systemContext(id, 'bench')
    const platformId = await addPlatform(ctx, sink.url, 1, server.services)
    const heap = watchHeap()
    const { run, seconds } = await timedRun(ctx, platformId, false, server.services)
    const heapMegabytes = heap.stop()
    // The bench's own sink answers so.
    const counts = (await (await fetch(`${sink.url}/counts`)).json()) as { requests: number }
    return {
      requests: counts.requests - 1,
      taken: run.counts.enrollments.created,
      seconds,
      heapMegabytes,
    }
  } finally {
    await server.stop()
    await sink.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** What is alive, not what waits to be collected. */
function watchHeap() {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const liveMegabytes = () => {
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return (heapUsed + arrayBuffers) / 1024 ** 2
  }
  const idle = liveMegabytes()
  let highest = idle
  const timer = setInterval(() => {
    highest = Math.max(highest, liveMegabytes())
  }, sampleEveryMs)
  return {
    stop(): number {
      clearInterval(timer)
      return highest - idle
    },
  }
}
