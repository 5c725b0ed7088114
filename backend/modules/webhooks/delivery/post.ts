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
const mostTargets = 1000
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

  /** What an address is by its text alone never changes. */
  const targets = new Map<string, Target>()

  function targetOf(address: string): Target {
    const known = targets.get(address)
    if (known) return known
    const target = policy.check(address, 'webhook')
    if (targets.size >= mostTargets) targets.clear()
    targets.set(address, target)
    return target
  }

  return {
    async post(address, headers, body) {
      const { url, network } = targetOf(address)
      const request = {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: 'POST' as const,
        headers: { ...headers },
        body,
        // The timer bounds the whole exchange; these would only bound parts of it.
        headersTimeout: 0,
        bodyTimeout: 0,
      }
      try {
        return await exchange(agents[network], request, timeoutMs)
      } catch (error) {
        if (error === outOfTime) {
          throw new AppError(
            'upstream_timeout',
            `${url.host} did not answer within ${Math.round(timeoutMs / 1000)} s`,
          )
        }
        throw asOutgoingFailure(error, url.host)
      }
    },
    async close() {
      await Promise.all([agents.public.destroy(), agents.private.destroy()])
    },
  }
}

const outOfTime = new Error('the time for an exchange is over')
const readEnough = new Error('the rest of the answer is not read')

/** One request; of its answer the first bytes. A longer answer is cut off with its connection. */
function exchange(
  agent: Agent,
  request: Dispatcher.DispatchOptions,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    let status = 0
    let headers: Answer['headers'] = {}
    let running: Dispatcher.DispatchController | undefined
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      running?.abort(outOfTime)
      reject(outOfTime)
    }, timeoutMs)

    function finish(): void {
      clearTimeout(timer)
      const body = Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8')
      resolve({ status, headers, body })
    }

    agent.dispatch(request, {
      onRequestStart(controller) {
        running = controller
        if (isLate) controller.abort(outOfTime)
      },
      onResponseStart(_controller, statusCode, received) {
        status = statusCode
        headers = flatHeaders(received)
      },
      onResponseData(controller, chunk) {
        chunks.push(chunk)
        size += chunk.length
        if (size < mostBytes) return
        finish()
        controller.abort(readEnough)
      },
      onResponseEnd: finish,
      onResponseError(_controller, error) {
        clearTimeout(timer)
        reject(error)
      },
    })
  })
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
