import { Agent, type Dispatcher } from 'undici'
import { AppError } from '../../../../shared/errors.ts'
import { checkingLookup, lookupAll } from '../../../core/outgoing/checking-lookup.ts'
import type { LookupAll } from '../../../core/outgoing/definition.ts'
import { asOutgoingFailure } from '../../../core/outgoing/failure.ts'
import { createUrlPolicy, type Target } from '../../../core/outgoing/url-policy.ts'
import type { Settings } from '../../../core/settings.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Post = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<Answer>

export interface Poster {
  readonly post: Post
  close(): Promise<void>
}

const mostBytes = 4096
const defaultTimeoutMs = 15_000

/** Sends deliveries: the address is checked anew each time, no redirect is followed, the answer is read in part. */
export function createPoster(options: {
  readonly settings: Settings
  readonly timeoutMs?: number | undefined
  readonly lookup?: LookupAll | undefined
}): Poster {
  const { settings, timeoutMs = defaultTimeoutMs, lookup = lookupAll } = options
  const policy = createUrlPolicy({
    allowPrivateNetworks: settings.allowPrivateNetworks,
    allowedPrivateUrlPrefixes: settings.trustedUrlPrefixes,
  })
  const agents = { public: agentFor('public'), private: agentFor('private') }

  function agentFor(network: Target['network']): Agent {
    return new Agent({
      connect: { lookup: checkingLookup(network, lookup), timeout: timeoutMs },
      keepAliveTimeout: 10_000,
    })
  }

  return {
    async post(address, headers, body) {
      const { url, network } = policy.check(address, 'webhook')
      const controller = new AbortController()
      const timer = setTimeout(() => controller.abort(), timeoutMs)
      try {
        const answer = await agents[network].request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: 'POST',
          headers: { ...headers },
          body,
          signal: controller.signal,
          // The timer bounds the whole exchange; these would only bound parts of it.
          headersTimeout: 0,
          bodyTimeout: 0,
        })
        return {
          status: answer.statusCode,
          headers: flatHeaders(answer.headers),
          body: await readStart(answer.body),
        }
      } catch (error) {
        if (controller.signal.aborted) {
          throw new AppError(
            'upstream_timeout',
            `${url.host} did not answer within ${Math.round(timeoutMs / 1000)} s`,
          )
        }
        throw asOutgoingFailure(error, url.host)
      } finally {
        clearTimeout(timer)
      }
    },
    async close() {
      await Promise.all([agents.public.destroy(), agents.private.destroy()])
    },
  }
}

/** The first bytes; a longer answer is cut off with its connection. */
async function readStart(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  // undici's body yields buffers; its type inherits the looser one of a stream.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    // Leaving the loop destroys the stream.
    if (size >= mostBytes) break
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8')
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
