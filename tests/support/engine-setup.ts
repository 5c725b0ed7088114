import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startLocalEngine } from '../../backend/core/database/local-engine.ts'
import { createLogger } from '../../backend/core/logging.ts'

declare module 'vitest' {
  interface ProvidedContext {
    mongodbUri: string
  }
}

/**
 * One embedded engine for all integration tests, or the server that `TEST_MONGODB_URI` names.
 * Tests reach it with `useTestDatabase`; processes they start, through `TEST_MONGODB_URI`.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['TEST_MONGODB_URI']
  if (given) {
    project.provide('mongodbUri', given)
    return undefined
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'edpsych-test-'))
  const log = createLogger({ level: 'warn' })
  const engine = await startLocalEngine({ dataDir, log, kinds: ['embedded', 'mongod'] })
  const { uri } = engine.current
  project.provide('mongodbUri', uri)
  process.env['TEST_MONGODB_URI'] = uri
  return async () => {
    delete process.env['TEST_MONGODB_URI']
    await engine.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
