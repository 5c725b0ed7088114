import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  assertSentRecently,
  ConnectorError,
  verifySigned,
  type WebhookNotice,
} from '../../connector-kit/index.ts'
import { meaningOf } from './event-meaning.ts'
import type { CanvasContext } from './settings.ts'

const LiveEvent = z.object({
  iat: z.number().optional(),
  metadata: z.looseObject({
    event_name: z.string().max(200),
    event_time: z.iso.datetime({ offset: true }).optional(),
    hostname: z.string().nullish(),
    root_account_uuid: z.string().optional(),
    message_id: z.string().min(1).max(200).optional(),
  }),
  body: z.unknown().optional(),
})
type LiveEvent = z.output<typeof LiveEvent>

/** Canvas Live Events, "signed payload": a JWT by the keys that Canvas publishes. */
export async function receiveEvent(
  ctx: CanvasContext,
  { body }: { readonly body: string },
): Promise<readonly WebhookNotice[]> {
  const { liveEventsKeys: keySetUrl, liveEventsAccount, url } = ctx.config
  if (keySetUrl === undefined) {
    throw new ConnectorError(
      'unsupported',
      'Enter the address of the Live Events keys to receive events.',
    )
  }
  const jwt = body.trim().replace(/^"(.*)"$/, '$1')
  const payload = await verifySigned(ctx, jwt, { keySetUrl, algorithms: ['RS256'] })
  const parsed = LiveEvent.safeParse(payload)
  if (!parsed.success) {
    throw new ConnectorError('reject', 'A signed message is no event of Canvas.', {
      code: 'schema_changed',
    })
  }
  const event = parsed.data
  const { hostname, event_name: name, root_account_uuid } = event.metadata
  // One set of keys signs for all customers of Canvas.
  const isOfOther = liveEventsAccount !== undefined && root_account_uuid !== liveEventsAccount
  // What happens in the background has no host.
  if (isOfOther || (hostname && hostname !== new URL(url).hostname)) {
    throw new ConnectorError('reject', 'An event is of another Canvas than this connection.')
  }
  const sentAt = sentAtOf(event)
  // Without a time it could be sent again when we have forgotten it.
  if (!sentAt) throw new ConnectorError('reject', 'A message does not say when it was sent.')
  assertSentRecently(sentAt, ctx.now())
  const meaning = meaningOf(name, event.metadata, event.body)
  if (meaning === null) return []
  const happenedAt = happenedAtOf(event) ?? sentAt
  return [{ id: idOf(event), detail: name, ...meaning, happenedAt }]
}

function sentAtOf({ iat, metadata: { event_time } }: LiveEvent): Date | undefined {
  if (iat !== undefined) return new Date(iat * 1000)
  return event_time === undefined ? undefined : new Date(event_time)
}

/** Events are not sent in the order in which they happen. */
function happenedAtOf({ metadata: { event_time } }: LiveEvent): Date | undefined {
  return event_time === undefined ? undefined : new Date(event_time)
}

function idOf({ metadata, body }: LiveEvent): string {
  if (metadata.message_id !== undefined) return metadata.message_id
  const facts = JSON.stringify([metadata.event_name, metadata.event_time, body])
  return createHash('sha256').update(facts).digest('base64url')
}
