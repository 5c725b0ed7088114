import { z } from 'zod'
import {
  assertSentRecently,
  ConnectorError,
  verifySigned,
  type WebhookNotice,
} from '../../connector-kit/index.ts'
import type { ClassroomContext } from './settings.ts'
import { isIssuer } from './tokens.ts'

const Push = z.object({
  message: z.object({
    data: z.string().max(20_000),
    messageId: z.string().min(1).max(200),
    publishTime: z.iso.datetime({ offset: true }),
  }),
})

const Identity = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: z.number(),
  email: z.string(),
  email_verified: z.boolean(),
})

const News = z.object({
  collection: z.string(),
  eventType: z.string().default(''),
  resourceId: z.looseObject({
    courseId: z.string().optional(),
    userId: z.string().optional(),
    id: z.string().optional(),
  }),
})
type News = z.output<typeof News>

interface Received {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A message of Cloud Pub/Sub, whose sender shows who it is with a token that Google signed. */
export async function receiveEvent(
  ctx: ClassroomContext,
  { headers, body }: Received,
): Promise<readonly WebhookNotice[]> {
  await checkSender(ctx, headers['authorization'])
  const push = Push.safeParse(tryJson(body))
  const news = push.success ? News.safeParse(decoded(push.data.message.data)) : push
  if (!push.success || !news.success) {
    throw new ConnectorError('reject', 'A message is none of Google Classroom.', {
      code: 'schema_changed',
    })
  }
  const { messageId, publishTime } = push.data.message
  const sentAt = new Date(publishTime)
  assertSentRecently(sentAt, ctx.now())
  const meaning = meaningOf(news.data as News)
  if (meaning === null) return []
  return [{ id: messageId, ...meaning, happenedAt: sentAt }]
}

async function checkSender(
  ctx: ClassroomContext,
  authorization: string | undefined,
): Promise<void> {
  const { keysUrl, issuer, pushAccount, topic } = ctx.config
  if (pushAccount === undefined || topic === undefined) {
    throw new ConnectorError(
      'unsupported',
      'Enter the Pub/Sub topic and the service account of its subscription to receive messages.',
    )
  }
  const [, jwt] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? []
  if (jwt === undefined) {
    throw new ConnectorError(
      'reject',
      'A message does not show who sent it: switch authentication on in the push subscription.',
    )
  }
  const payload = await verifySigned(ctx, jwt, { keySetUrl: keysUrl, algorithms: ['RS256'] })
  const identity = Identity.safeParse(payload).data
  // Google signs for everybody: the address it was meant for and the account tell that it is for this connection.
  const audiences = [identity?.aud ?? []].flat()
  if (!isIssuer(identity?.iss, issuer)) {
    throw new ConnectorError('reject', 'A message was not signed by Google.')
  }
  if (!audiences.some((one) => isOurs(one, ctx.connectionId))) {
    throw new ConnectorError(
      'reject',
      'A message is meant for another address. Leave the audience of the push subscription empty, or set it to the webhook address of this connection.',
    )
  }
  if (identity?.email !== pushAccount || !identity.email_verified) {
    throw new ConnectorError(
      'reject',
      'A message was sent by another service account than that of the settings.',
    )
  }
}

/** The webhook address of the connection, which ends with its identifier. */
function isOurs(audience: string, connectionId: string): boolean {
  return URL.canParse(audience) && new URL(audience).pathname.endsWith(`/hooks/${connectionId}`)
}

function meaningOf({
  collection,
  eventType,
  resourceId,
}: News): Omit<WebhookNotice, 'id' | 'happenedAt'> | null {
  const { courseId, userId, id } = resourceId
  const course = courseId === undefined ? {} : { courseId }
  const detail = `${collection} ${eventType}`.trim()
  if (collection === 'courses.students' || collection === 'courses.teachers') {
    const entity = userId === undefined ? {} : { entity: `${collection} ${courseId} ${userId}` }
    return { capability: 'courses', change: 'members', detail, ...course, ...entity }
  }
  if (collection === 'courses.courseWork') {
    const entity = id === undefined ? {} : { entity: `${collection} ${id}` }
    return { capability: 'courses', change: 'assignments', detail, ...course, ...entity }
  }
  if (collection === 'courses.courseWork.studentSubmissions') {
    const entity = id === undefined ? {} : { entity: `${collection} ${id}` }
    return { capability: 'grades', change: 'grades', detail, ...course, ...entity }
  }
  return null
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Refused as what it is not.
    return undefined
  }
}

const decoded = (data: string): unknown => tryJson(Buffer.from(data, 'base64').toString('utf8'))
