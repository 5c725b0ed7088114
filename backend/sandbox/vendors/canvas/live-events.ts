import { randomUUID } from 'node:crypto'
import express, { type Router } from 'express'
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { Vendor } from '../vendor.ts'

interface SigningKey {
  readonly kid: string
  readonly privateKey: GenerateKeyPairResult['privateKey']
  readonly publicJwk: JWK
}

/** The school's account, as each of its events names it. */
export const rootAccount = 'VicYj3cu5BIFpoZhDVU4DZumnlBrWi1grgJEzADs'

/** Events name things by shard and number. */
const globalId = (id: number): string => String(10_000_000_000_000n + BigInt(id))

let key: Promise<SigningKey> | undefined

/** One key for the life of the process, as Canvas publishes one set for all of its customers. */
function signingKey(): Promise<SigningKey> {
  key ??= makeKey()
  return key
}

async function makeKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const kid = randomUUID()
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  return { kid, privateKey, publicJwk }
}

/** Where Canvas's data streams are set up: an address for events, signed as a JWT. */
export function webhookRoutes(vendor: Vendor): Router {
  const router = express.Router()
  router.get(
    '/jwks',
    async (_req, res) => void res.json({ keys: [(await signingKey()).publicJwk] }),
  )
  router.get('/subscription', (_req, res) => void res.json({ url: vendor.state.webhookUrl }))
  router.put('/subscription', express.json(), async (req, res) => {
    const url = String(req.body?.url ?? '')
    if (url !== '' && !URL.canParse(url)) {
      res.status(400).json({ errors: [{ message: 'url is not an address' }] })
      return
    }
    vendor.state.webhookUrl = url
    await vendor.changed()
    res.json({ url })
  })
  router.post('/events', express.json(), async (req, res) => {
    const { event = 'course_updated', courseId = 2, body = {} } = req.body ?? {}
    const sent = await sendEvent(vendor, String(event), Number(courseId), body)
    res.status(202).json({ statuses: sent })
  })
  return router
}

/** Sends an event to the subscribed address, twice where the dial says so; answers the statuses. */
export async function sendEvent(
  vendor: Vendor,
  name: string,
  courseId: number,
  more: object = {},
): Promise<number[]> {
  const { webhookUrl, dials } = vendor.state
  if (webhookUrl === '') return []
  const { kid, privateKey } = await signingKey()
  const time = new Date(vendor.now()).toISOString()
  const body = await new SignJWT({
    metadata: {
      event_name: name,
      event_time: time,
      context_type: 'Course',
      context_id: globalId(courseId),
      hostname: new URL(vendor.baseUrl).hostname,
      producer: 'canvas',
      root_account_id: globalId(1),
      root_account_uuid: rootAccount,
      message_id: randomUUID(),
    },
    body: { course_id: globalId(courseId), workflow_state: 'available', ...more },
  })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuedAt(Math.floor(vendor.now() / 1000))
    .sign(privateKey)
  const statuses: number[] = []
  for (let time = 0; time < (dials.duplicateWebhooks ? 2 : 1); time++) {
    statuses.push(await post(vendor, webhookUrl, body))
  }
  return statuses
}

async function post(vendor: Vendor, url: string, body: string): Promise<number> {
  try {
    const headers = { 'content-type': 'application/jwt' }
    const answer = await vendor.fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(5000),
    })
    await answer.body?.cancel()
    return answer.status
  } catch (cause) {
    vendor.log.warn({ reason: String(cause) }, 'simulated event not delivered')
    return 0
  }
}
