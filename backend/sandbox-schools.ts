import { join } from 'node:path'
import type { Express } from 'express'
import type { Config } from './config.ts'
import type { Logger } from './core/logging.ts'
import type { SandboxLmsPark } from './modules/sandbox/index.ts'
import { createLmsPark } from './sandbox/lms/park.ts'

/** This product is a tool of each, under the same names: their issuers tell them apart. */
const client = { clientId: 'edpsych-connect', deploymentId: '1' }

export interface SandboxSchools extends SandboxLmsPark {
  readonly app: Express
  close(): Promise<void>
}

/** The simulated LMSs of sandboxes, below `/sandbox/schools`, and how each is registered here. */
export function createSandboxSchools(options: {
  readonly config: Config
  readonly log: Logger
  readonly fetch: typeof fetch
  exists(token: string): Promise<boolean>
}): SandboxSchools {
  const { config, log, fetch, exists } = options
  const { publicUrl } = config.settings
  const baseUrl = `${config.sandboxUrl}/sandbox/schools`
  const park = createLmsPark({
    baseUrl,
    folder: join(config.dataDir, 'sandbox', 'schools'),
    log: log.child({ part: 'sandbox' }),
    fetch,
    exists,
    tools: [
      {
        ...client,
        name: 'EdPsych Connect',
        toolUrl: `${publicUrl}/lti`,
        loginUrl: `${publicUrl}/lti/login`,
        redirectUris: [`${publicUrl}/lti/launch`],
        jwksUri: `${publicUrl}/lti/jwks`,
        deepLinkUrl: `${publicUrl}/lti`,
      },
    ],
  })
  return {
    ...park,
    registration(token) {
      const issuer = `${baseUrl}/${token}`
      return {
        issuer,
        clientId: client.clientId,
        authorizationEndpoint: `${issuer}/lti/auth`,
        tokenEndpoint: `${issuer}/lti/token`,
        jwksUri: `${issuer}/lti/jwks`,
        deploymentIds: [client.deploymentId],
      }
    },
  }
}
