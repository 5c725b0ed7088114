import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import {
  type BearerAuthenticator,
  type HttpOptions,
  mountContract,
} from '../../backend/core/http/index.ts'
import { createLogger } from '../../backend/core/logging.ts'
import type { AnyModule } from '../../backend/core/module.ts'
import { problemHandler } from '../../backend/core/problem.ts'
import { requestId } from '../../backend/core/request-id.ts'
import type { Settings } from '../../backend/core/settings.ts'

interface Served {
  readonly modules: readonly AnyModule[]
  readonly bearer?: readonly BearerAuthenticator[]
  readonly session?: NonNullable<HttpOptions['session']>
}

export interface ModuleServer {
  readonly url: string
  close(): Promise<void>
}

/** Some modules behind real Express; `X-Forwarded-For` chooses the address that a request comes from. */
export async function serveModules(build: (settings: Settings) => Served): Promise<ModuleServer> {
  const app = express().set('trust proxy', true).disable('x-powered-by')
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // Only a Unix socket has no port.
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const {
    modules,
    bearer = [],
    session,
  } = build({
    publicUrl: url,
    allowPrivateNetworks: true,
    trustedUrlPrefixes: [],
    version: '0.0.0-test',
  })
  const options = { bearer, ...(session ? { session } : {}), checkAnswers: true, publicUrl: url }
  const unexpected: unknown[] = []
  app.use(requestId(createLogger({ level: 'silent' })))
  for (const module of modules) {
    if (module.router) app.use(module.router)
    app.use(mountContract(module, options))
  }
  app.use(problemHandler({ publicUrl: url, onUnexpected: (error) => unexpected.push(error) }))
  return {
    url,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      if (unexpected.length > 0) throw unexpected[0]
    },
  }
}
