import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, type JWK } from 'jose'

export interface BenchPlatform {
  readonly issuer: string
  readonly clientId: string
  readonly deploymentId: string
  readonly jwks: { keys: JWK[] }
  readonly jwksUri: string
  signLaunch(nonce: string, targetLinkUri: string): string
  close(): Promise<void>
}

/** A platform that signs launches and serves its keys; it runs in the bench's own process, whose CPU is not counted. */
export async function startPlatform(): Promise<BenchPlatform> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const header = base64url(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: 'bench' }))
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }
  const jwks = { keys: [jwk] }
  const server = createServer((_req, res) => {
    res.setHeader('content-type', 'application/json').end(JSON.stringify(jwks))
  })
  await listen(server)
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clientId = 'bench-client'
  const deploymentId = '1'
  const claim = 'https://purl.imsglobal.org/spec/lti/claim'
  return {
    issuer,
    clientId,
    deploymentId,
    jwks,
    jwksUri: `${issuer}/jwks`,
    signLaunch(nonce, targetLinkUri) {
      const iat = Math.floor(Date.now() / 1000)
      const claims = {
        iss: issuer,
        aud: clientId,
        iat,
        exp: iat + 300,
        nonce,
        sub: '42',
        [`${claim}/message_type`]: 'LtiResourceLinkRequest',
        [`${claim}/version`]: '1.3.0',
        [`${claim}/deployment_id`]: deploymentId,
        [`${claim}/target_link_uri`]: targetLinkUri,
        [`${claim}/roles`]: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Learner'],
        [`${claim}/resource_link`]: { id: 'link-1', title: 'Bench' },
        [`${claim}/context`]: { id: 'course-1', title: 'Bench course' },
      }
      // Signed here without jose: the client shares the machine with what it measures.
      const signed = `${header}.${base64url(JSON.stringify(claims))}`
      const signature = sign('sha256', Buffer.from(signed), privateKey)
      return `${signed}.${signature.toString('base64url')}`
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
