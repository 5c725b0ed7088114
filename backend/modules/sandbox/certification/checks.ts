import { signWebhook } from '../../../../shared/client/webhooks.ts'
import type { ApiHabits } from '../sandbox-store.ts'
import { type CertificationSession, strangerSecret } from './session.ts'
import {
  describeAnswer,
  failed,
  isAccepted,
  mustAccept,
  mustRefuse,
  passed,
  skipped,
  type Verdict,
} from './verdict.ts'

export interface Check {
  readonly name: string
  readonly title: string
  /** Makes no sense while a right delivery is not taken. */
  readonly needsValid?: true
  run(session: CertificationSession, habits: ApiHabits): Verdict | Promise<Verdict>
}

const minuteSeconds = 60
const slowMs = 5000
const largeBytes = 64 * 1024
const parallel = 5

const verifyFirst =
  'Compute HMAC-SHA256 over `webhook-id.webhook-timestamp.body` with the decoded secret, compare in constant time, and answer 400 when nothing matches.'
const takeUnknown =
  'Answer 2xx to what you do not know and ignore it: event types and fields are added without notice.'

/** What is tried, in this order. */
export const checks: readonly Check[] = [
  {
    name: 'valid-delivery',
    title: 'Takes a right delivery',
    run: async ({ deliver }) =>
      mustAccept(
        await deliver(),
        'Answer 2xx to a delivery with a right signature; check the address and the secret first.',
      ),
  },
  {
    name: 'wrong-secret',
    title: 'Refuses a signature made with another secret',
    run: async ({ deliver, newDeliveryId, eventBody, now }) => {
      const id = newDeliveryId()
      const body = eventBody()
      const timestamp = Math.floor(now().getTime() / 1000)
      const signature = () => signWebhook({ secret: strangerSecret(), id, timestamp, body })
      return mustRefuse(await deliver({ id, body, signature }), verifyFirst)
    },
  },
  {
    name: 'tampered-body',
    title: 'Refuses a body that was changed after signing',
    run: async ({ deliver, eventBody }) =>
      mustRefuse(
        await deliver({ body: eventBody({ data: { score: 10 } }), signedBody: eventBody() }),
        'Verify over the bytes as they arrived, before they are parsed.',
      ),
  },
  {
    name: 'missing-signature',
    title: 'Refuses a delivery without a signature',
    run: async ({ deliver }) => mustRefuse(await deliver({ signature: null }), verifyFirst),
  },
  {
    name: 'old-timestamp',
    title: 'Refuses a delivery that is ten minutes old',
    run: async ({ deliver }) =>
      mustRefuse(
        await deliver({ shiftSeconds: -10 * minuteSeconds }),
        'Refuse a `webhook-timestamp` more than five minutes away from your clock: it may be a replay.',
      ),
  },
  {
    name: 'future-timestamp',
    title: 'Refuses a delivery from ten minutes ahead',
    run: async ({ deliver }) =>
      mustRefuse(
        await deliver({ shiftSeconds: 10 * minuteSeconds }),
        'Refuse a `webhook-timestamp` more than five minutes away from your clock, in both directions.',
      ),
  },
  {
    name: 'several-signatures',
    title: 'Finds the right signature among several',
    needsValid: true,
    run: async ({ deliver }) =>
      mustAccept(
        await deliver({
          signature: (right) => `v1a,${btoa('another scheme')} v1,${btoa('another key')} ${right}`,
        }),
        'Split `webhook-signature` at spaces, pass over schemes other than v1 and accept if any matches: while a secret is replaced there are two.',
      ),
  },
  {
    name: 'duplicate-id',
    title: 'Takes the same delivery twice without an error',
    needsValid: true,
    async run({ deliver, newDeliveryId }) {
      const id = newDeliveryId()
      const first = await deliver({ id })
      const second = await deliver({ id })
      if (!isAccepted(first)) return failed(`first ${describeAnswer(first)}`, onDuplicate)
      return mustAccept(second, onDuplicate)
    },
  },
  {
    name: 'out-of-order',
    title: 'Takes an older event after a newer one',
    needsValid: true,
    async run({ deliver, eventBody, now }) {
      const hourAgo = new Date(now().getTime() - 3_600_000)
      await deliver({ body: eventBody({ data: { order: 2 } }) })
      return mustAccept(
        await deliver({ body: eventBody({ timestamp: hourAgo, data: { order: 1 } }) }),
        'Answer 2xx whatever the order; compare `timestamp` with what you have and keep the newer.',
      )
    },
  },
  {
    name: 'unknown-event-type',
    title: 'Takes an event of a type it does not know',
    needsValid: true,
    run: async ({ deliver, eventBody }) =>
      mustAccept(
        await deliver({ body: eventBody({ type: 'certification.unheard_of' }) }),
        takeUnknown,
      ),
  },
  {
    name: 'unknown-field',
    title: 'Takes an event with fields it does not know',
    needsValid: true,
    run: async ({ deliver, eventBody }) =>
      mustAccept(
        await deliver({
          body: eventBody({ data: { addedLater: [1, { deep: true }] }, extra: { addedToo: null } }),
        }),
        takeUnknown,
      ),
  },
  {
    name: 'large-payload',
    title: 'Takes a payload of 64 kB',
    needsValid: true,
    run: async ({ deliver, eventBody }) =>
      mustAccept(
        await deliver({ body: eventBody({ data: { text: 'long '.repeat(largeBytes / 5) } }) }),
        'Raise the body limit of your server or framework to at least 256 kB.',
      ),
  },
  {
    name: 'slow-delivery',
    title: 'Waits for a body that arrives slowly',
    needsValid: true,
    run: async ({ deliver }) =>
      mustAccept(
        await deliver({ pieceEveryMs: 500 }),
        'Read the body to its end before you verify; allow at least 10 s for it.',
      ),
  },
  {
    name: 'parallel-deliveries',
    title: `Takes ${parallel} deliveries at once`,
    needsValid: true,
    async run({ deliver }) {
      const answers = await Promise.all(Array.from({ length: parallel }, () => deliver()))
      const bad = answers.find((answer) => !isAccepted(answer))
      if (!bad) return passed(`all ${parallel} were taken`)
      return mustAccept(bad, 'Put the event into a queue, answer 2xx, and work afterwards.')
    },
  },
  {
    name: 'answers-in-time',
    title: 'Answers within five seconds',
    run({ answers }) {
      const taken = answers.filter(isAccepted).map(({ durationMs }) => durationMs)
      if (taken.length === 0) return skipped('no delivery was taken')
      const slowest = Math.max(...taken)
      // The slow delivery itself takes half of that.
      if (slowest <= slowMs) return passed(`the slowest answer took ${slowest} ms`)
      return failed(
        `the slowest answer took ${slowest} ms`,
        'Answer before you work: deliveries are cut off after 15 s and sent again.',
      )
    },
  },
  {
    name: 'no-redirects',
    title: 'Never redirects',
    run({ answers }) {
      const redirect = answers.find(
        ({ status }) => status !== null && status >= 300 && status < 400,
      )
      if (!redirect) return passed('no answer was a redirect')
      return failed(
        describeAnswer(redirect),
        'Register the final address: redirects are not followed and count as failures.',
      )
    },
  },
  {
    name: 'no-gone',
    title: 'Answers 410 only when it is gone',
    run({ answers }) {
      if (answers.every(({ status }) => status !== 410)) return passed('no answer was 410')
      return failed(
        'an answer was 410',
        'A webhook whose endpoint answers 410 is switched off at once; use it only to unsubscribe.',
      )
    },
  },
  {
    name: 'waits-when-limited',
    title: 'Your program waits as long as Retry-After says',
    run(_session, { limited, retriedTooEarly }) {
      if (limited === 0) {
        return skipped(
          'no call of yours was limited yet; set the fault dial’s rate429 and run again',
        )
      }
      if (retriedTooEarly === 0) return passed(`${limited} calls were limited, all were waited for`)
      return failed(
        `${retriedTooEarly} of ${limited} limited calls were repeated too early`,
        'After a 429 wait for the seconds of Retry-After before the next call with that key.',
      )
    },
  },
  {
    name: 'sends-idempotency-keys',
    title: 'Your program sends Idempotency-Key with its writes',
    run(_session, { writes, writesWithKey }) {
      if (writes === 0) return skipped('your keys made no writes yet')
      if (writesWithKey > 0) return passed(`${writesWithKey} of ${writes} writes carried one`)
      return failed(
        `none of ${writes} writes carried one`,
        'Send a new Idempotency-Key with each write and the same one when you repeat it, so that a lost answer never makes two.',
      )
    },
  },
]

const onDuplicate =
  'Remember each `webhook-id` and answer 2xx to one you have seen: a delivery whose answer was lost comes again.'

export const pendingChecks = checks.map(({ name, title }) => ({
  name,
  title,
  outcome: 'pending' as const,
  why: null,
  fix: null,
  durationMs: null,
}))
