import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import express from 'express'
import {
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'
import { z } from 'zod'
import { type LmsPlatform, portOf, type TestLms } from './lms-client.ts'

const Granted = z.object({ access_token: z.string(), scope: z.string(), expires_in: z.number() })

type Claims = Readonly<Record<string, unknown>>

/** A tool made of nothing but the protocol, whose every message a test can bend. */
export interface TestTool {
  readonly clientId: string
  readonly deploymentId: string
  readonly id: string
  readonly redirectUri: string
  readonly platform: LmsPlatform
  /** Verifies an id_token the way a tool must. */
  verify(idToken: string): Promise<JWTPayload>
  sign(claims: Claims, header?: Claims): Promise<string>
  /** A client assertion; given members replace the right ones, `undefined` removes them. */
  assertion(changes?: Claims, header?: Claims): Promise<string>
  requestToken(form: Readonly<Record<string, string>>): Promise<Response>
  accessToken(...scopes: string[]): Promise<string>
  /** A deep-linking response to this request; given members replace the right ones. */
  deepLinkingResponse(request: JWTPayload, items: unknown, changes?: Claims): Promise<string>
  close(): Promise<void>
}

interface TestToolOptions {
  /** The page a verified launch is answered with. */
  readonly page?: (claims: JWTPayload, tool: TestTool) => Promise<string>
}

/** Starts the tool on a free port of localhost and registers it with the LMS. */
export async function startTestTool(
  lms: TestLms,
  { page = async () => 'launched' }: TestToolOptions = {},
): Promise<TestTool> {
  const { platform } = lms
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomUUID()
  const keyset: JSONWebKeySet = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256' }] }

  const app = express()
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://localhost:${portOf(server)}`
  const redirectUri = `${origin}/launch`

  app.use(express.urlencoded({ extended: false }))
  app.get('/jwks', (_req, res) => void res.json(keyset))
  app.all('/login', (req, res) => {
    const sent: Claims = { ...req.query, ...req.body }
    const url = new URL(platform.authorizationEndpoint)
    url.search = new URLSearchParams(authenticationRequest(sent, redirectUri)).toString()
    res.redirect(302, url.href)
  })
  const registered = await lms.registerTool({
    name: 'Test tool',
    toolUrl: `${origin}/tool`,
    loginUrl: `${origin}/login`,
    redirectUris: [redirectUri],
    jwksUri: `${origin}/jwks`,
    deepLinkUrl: `${origin}/choose`,
  })
  const { clientId, deploymentId } = registered

  const sign = (claims: Claims, header: Claims = {}): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(privateKey)
  const assertion = (changes: Claims = {}, header: Claims = {}): Promise<string> =>
    sign(
      {
        iss: clientId,
        sub: clientId,
        aud: platform.tokenEndpoint,
        iat: nowSeconds(),
        exp: nowSeconds() + 60,
        jti: randomUUID(),
        ...changes,
      },
      header,
    )
  const requestToken = (form: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(platform.tokenEndpoint, { method: 'POST', body: new URLSearchParams(form) })

  const tool: TestTool = {
    id: registered.id,
    clientId,
    deploymentId,
    redirectUri,
    platform,
    sign,
    assertion,
    requestToken,
    verify: async (idToken) => {
      const keys = createRemoteJWKSet(new URL(platform.jwksUri))
      const expected = { issuer: platform.issuer, audience: clientId, algorithms: ['RS256'] }
      return (await jwtVerify(idToken, keys, expected)).payload
    },
    accessToken: async (...scopes) => {
      const answer = await requestToken(grantForm(await assertion(), scopes))
      return Granted.parse(await answer.json()).access_token
    },
    deepLinkingResponse: (request, items, changes = {}) =>
      sign({
        iss: clientId,
        aud: platform.issuer,
        iat: nowSeconds(),
        exp: nowSeconds() + 60,
        nonce: randomUUID(),
        [`${lti}/claim/message_type`]: 'LtiDeepLinkingResponse',
        [`${lti}/claim/version`]: '1.3.0',
        [`${lti}/claim/deployment_id`]: deploymentId,
        [`${dl}/claim/data`]: deepLinkingSettings(request).data,
        [`${dl}/claim/content_items`]: items,
        ...changes,
      }),
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
  app.post('/launch', async (req, res) => {
    res.send(await page(await tool.verify(String(req.body.id_token)), tool))
  })
  return tool
}

const lti = 'https://purl.imsglobal.org/spec/lti'
const dl = 'https://purl.imsglobal.org/spec/lti-dl'

const DeepLinkingSettings = z.object({
  deep_link_return_url: z.string(),
  data: z.string(),
  accept_types: z.array(z.string()),
  accept_multiple: z.boolean(),
  accept_lineitem: z.boolean(),
})

/** The settings claim of a deep-linking request. */
export function deepLinkingSettings(request: JWTPayload): z.output<typeof DeepLinkingSettings> {
  return DeepLinkingSettings.parse(request[`${dl}/claim/deep_linking_settings`])
}

/** The form of a client-credentials grant. */
export function grantForm(assertion: string, scopes: readonly string[]): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    scope: scopes.join(' '),
  }
}

/** The parameters of a right authentication request for a login. */
export function authenticationRequest(login: Claims, redirectUri: string) {
  return {
    response_type: 'id_token',
    response_mode: 'form_post',
    scope: 'openid',
    prompt: 'none',
    client_id: String(login['client_id']),
    redirect_uri: redirectUri,
    login_hint: String(login['login_hint']),
    lti_message_hint: String(login['lti_message_hint']),
    nonce: randomUUID(),
    state: randomUUID(),
  }
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000)
