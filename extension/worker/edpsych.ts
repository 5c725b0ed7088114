import { ApiError, type Client, createClient } from '../../shared/api/client.ts'
import { isRecord, type PairingStatus, type ResourcePage } from '../messages.ts'
import { readPairingCode } from '../pairing-code.ts'
import { permissionPattern, readServerAddress } from '../server-address.ts'
import {
  type Areas,
  endPairing,
  type Pairing,
  readPairing,
  readStatus,
  removePairing,
  savePairing,
} from './pairing-store.ts'
import { ProblemError } from './problem.ts'
import { readResourcePage } from './read-resource.ts'

const pageSize = 20
const timeoutMs = 15_000

/** What the calls need of the browser; handed in, so that they run anywhere. */
export interface Surroundings {
  readonly areas: Areas
  readonly fetch: typeof fetch
  readonly now: () => Date
  /** How the server's list of paired extensions names this one. */
  readonly device: string
  hasPermission(pattern: string): Promise<boolean>
}

export interface PairingAttempt {
  readonly server: string
  readonly code: string
  readonly keep: boolean
}

/** Exchanges a short code for a token and keeps it. */
export async function pair(
  { areas, now, device, ...rest }: Surroundings,
  { server, code, keep }: PairingAttempt,
): Promise<PairingStatus> {
  const origin = readServerAddress(server)
  if (!origin) throw new ProblemError('not_edpsych')
  const wellFormed = readPairingCode(code)
  if (!wellFormed) throw new ProblemError('code_refused')
  const client = await connect(rest, origin)
  const reply = await client('POST /api/v1/extension/pairings', {
    body: { code: wellFormed, device },
  })
  await savePairing(areas, readPairingReply(origin, reply), keep)
  return readStatus(areas, now())
}

/** Ends the pairing on both sides; here it ends even if the server cannot be told. */
export async function unpair({ areas, now, ...rest }: Surroundings): Promise<{ told: boolean }> {
  const pairing = await readPairing(areas, now())
  await removePairing(areas)
  if (!pairing) return { told: true }
  try {
    const client = await connect(rest, pairing.server, pairing.token)
    await client('DELETE /api/v1/extension/pairings/current', {})
    return { told: true }
  } catch (error) {
    // 401: the server has ended it already. Anything else leaves a token behind that still works.
    return { told: error instanceof ApiError && error.status === 401 }
  }
}

/** One page of the library of the organisation this browser is paired with. */
export async function search(
  { areas, now, ...rest }: Surroundings,
  { query, cursor }: { readonly query: string; readonly cursor: string | null },
): Promise<ResourcePage> {
  const pairing = await readPairing(areas, now())
  if (!pairing) {
    const { ended } = await readStatus(areas, now())
    throw new ProblemError(ended ? 'pairing_ended' : 'not_paired')
  }
  const q = query.trim()
  const client = await connect(rest, pairing.server, pairing.token)
  try {
    const reply: unknown = await client('GET /api/v1/resources', {
      query: { limit: pageSize, ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) },
    })
    return readResourcePage(reply)
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error
    await endPairing(areas)
    throw new ProblemError('pairing_ended')
  }
}

async function connect(
  { fetch, hasPermission }: Pick<Surroundings, 'fetch' | 'hasPermission'>,
  origin: string,
  token?: string,
): Promise<Client> {
  if (!(await hasPermission(permissionPattern(origin)))) {
    throw new ProblemError('permission_missing')
  }
  return createClient({
    baseUrl: origin,
    ...(token ? { headers: () => ({ authorization: `Bearer ${token}` }) } : {}),
    fetch: (input, init) =>
      fetch(input, {
        ...init,
        cache: 'no-store',
        credentials: 'omit',
        // A token must not follow a redirect to another host.
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(timeoutMs),
      }),
  })
}

function readPairingReply(server: string, reply: unknown): Pairing {
  const { token, expiresAt, user, tenant } = isRecord(reply) ? reply : {}
  const userName = isRecord(user) ? user['name'] : undefined
  const tenantName = isRecord(tenant) ? tenant['name'] : undefined
  if (typeof token !== 'string' || typeof expiresAt !== 'string') {
    throw new ProblemError('not_edpsych')
  }
  if (typeof userName !== 'string' || typeof tenantName !== 'string') {
    throw new ProblemError('not_edpsych')
  }
  return { server, token, expiresAt, user: userName, tenant: tenantName }
}
