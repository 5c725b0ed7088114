import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  assertSentRecently,
  type ConnectorContext,
  ConnectorError,
  sameSecret,
  type WebhookNotice,
} from '../../connector-kit/index.ts'
import { meaningOf } from './event-meaning.ts'

const Posted = z.looseObject({
  token: z.string().optional(),
  eventname: z.string().max(300),
  /** Seconds since 1970; without it a message could be sent again when we have forgotten it. */
  timecreated: z.coerce.number().int().positive(),
  /** Of the log store, where the plugin sends it. */
  id: z.union([z.string().min(1).max(100), z.number()]).optional(),
  objecttable: z.string().nullish(),
  objectid: z.unknown().optional(),
  contextid: z.unknown().optional(),
  courseid: z.unknown().optional(),
  relateduserid: z.unknown().optional(),
})
type Posted = z.output<typeof Posted>

type Ctx = Pick<
  ConnectorContext<unknown, { readonly webhookSecret?: string | undefined }>,
  'now'
> & {
  readonly credentials: { readonly webhookSecret?: string | undefined }
}

/**
 * Events that a Moodle plugin posts as JSON. Moodle itself signs nothing: what shows that they are genuine is a
 * shared secret, as a bearer token or in the field `token`.
 */
export async function receiveEvent(
  ctx: Ctx,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
): Promise<readonly WebhookNotice[]> {
  const { webhookSecret: secret } = ctx.credentials
  if (secret === undefined) {
    throw new ConnectorError('unsupported', 'Set a secret for events to receive them.')
  }
  const posted = Posted.safeParse(readJson(body))
  const given: string | undefined = headers['authorization']
  const bearer = given?.replace(/^Bearer /i, '')
  if (!sameSecret(bearer ?? posted.data?.token, secret)) {
    throw new ConnectorError('reject', 'A message did not carry the secret for events.')
  }
  if (!posted.success) {
    throw new ConnectorError('reject', 'A message is no event of Moodle.', {
      code: 'schema_changed',
    })
  }
  const { eventname, timecreated } = posted.data
  const happenedAt = new Date(timecreated * 1000)
  assertSentRecently(happenedAt, ctx.now())
  const meaning = meaningOf(posted.data)
  if (meaning === null) return []
  const detail = eventname.split('\\').at(-1) ?? eventname
  return [{ id: idOf(posted.data), detail, ...meaning, happenedAt }]
}

/** Moodle gives events no id of their own: what, on what and when stands for it. */
function idOf(event: Posted): string {
  const { eventname, objecttable, objectid, contextid, courseid, relateduserid } = event
  const facts = [eventname, objecttable, objectid, contextid, courseid, relateduserid]
  const text = JSON.stringify([event.id, event.timecreated, ...facts])
  return createHash('sha256').update(text).digest('base64url')
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever it is, it is none of Moodle's events.
    return undefined
  }
}
