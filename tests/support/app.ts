import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { readConfig } from '../../backend/config.ts'
import { createLogger, type Logger } from '../../backend/core/logging.ts'
import { platformContext } from '../../backend/core/platform-tenant.ts'
import { systemContext, type TenantContext } from '../../backend/core/tenancy.ts'
import { createKey } from '../../backend/modules/auth/index.ts'
import { createTenant } from '../../backend/modules/tenants/index.ts'
import { type RunningServer, startServer } from '../../backend/start.ts'
import { type Client, createClient } from '../../shared/api/client.ts'
import { allScopes } from '../../shared/scopes.ts'
import { type AnswerCheck, checkAnswers } from './answer-check.ts'
import { giveBackDatabase, takeDatabase } from './database-pool.ts'
import { freePort } from './live-server.ts'

export interface TestTenant {
  readonly id: string
  readonly ctx: TenantContext
  readonly key: string
  readonly client: Client
}

export interface TenantPlace {
  readonly kind?: 'trust' | 'local-authority' | 'school'
  /** The organisation above; the platform where absent. */
  readonly below?: TestTenant
}

export interface TestApp {
  readonly url: string
  readonly server: RunningServer
  /** Every answer of the API is held to its document; `stop` throws where one was not as it says. */
  readonly answers: AnswerCheck
  /** A school of its own, or what else is asked for, with a key that holds every right. */
  addTenant(name: string, place?: TenantPlace): Promise<TestTenant>
  stop(): Promise<void>
}

interface TestAppOptions {
  /** Tells when deprecated operations end. */
  readonly now?: () => Date
  /** Where the server's log goes; nowhere where absent. */
  readonly log?: Logger
}

/** The whole server in this process, on a database of its own in the shared engine. */
export async function startTestApp(
  env: Record<string, string> = {},
  options: TestAppOptions = {},
): Promise<TestApp> {
  const uri = inject('mongodbUri')
  const dbName = takeDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'edpsych-app-'))
  const port = await freePort()
  const [address = '', query = ''] = uri.split('?')
  const config = readConfig(
    {
      PORT: String(port),
      MONGODB_URI: `${address.replace(/\/$/, '')}/${dbName}?${query}`,
      DATA_DIR: dataDir,
      EDPSYCH_MASTER_KEY: randomBytes(32).toString('base64'),
      EDPSYCH_DEMO: '0',
      EDPSYCH_ALLOW_PRIVATE_NETWORKS: '1',
      EDPSYCH_DEFAULT_PLAN: 'unmetered',
      EDPSYCH_ADMIN_EMAIL: 'admin@test.example',
      EDPSYCH_ADMIN_PASSWORD: 'a long test passphrase',
      ...env,
    },
    '0.0.0-test',
  )
  const { log = createLogger({ level: 'silent' }), ...others } = options
  const server = await startServer(config, log, others)
  const answers = checkAnswers(port)
  const url = `http://localhost:${port}`
  return {
    url,
    server,
    answers,
    async addTenant(name, { kind = 'school', below } = {}) {
      const tenant = await createTenant(below?.ctx ?? platformContext('test'), {
        name,
        slug: name.toLowerCase().replace(/\W+/g, '-'),
        kind,
      })
      const ctx = systemContext(tenant.id, 'test')
      const { key } = await createKey(
        ctx,
        { name: 'Test', scopes: [...allScopes], expiresInDays: null },
        new Date(),
      )
      const client = createClient({
        baseUrl: url,
        headers: () => ({ authorization: `Bearer ${key}` }),
      })
      return { id: tenant.id, ctx, key, client }
    },
    async stop() {
      await server.stop()
      await giveBackDatabase(dbName)
      rmSync(dataDir, { recursive: true, force: true })
      answers.stop()
      if (answers.violations.length > 0) {
        throw new Error(`not as the OpenAPI document says:\n${answers.violations.join('\n')}`)
      }
    },
  }
}
