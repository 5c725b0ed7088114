import { randomUUID } from 'node:crypto'
import { parseCookie } from 'cookie'
import type { Socket } from 'socket.io'
import { z } from 'zod'
import type { RequestFacts } from '../http/index.ts'
import type { TenantContext } from '../tenancy.ts'
import type { LiveOptions } from './definition.ts'

/** A browser cannot set headers on a WebSocket, so the handshake's own payload carries them. */
const Auth = z.object({
  token: z.string().max(4096).optional(),
  tenantId: z.string().max(64).optional(),
})

/** The handshake as credential checks read a request. A page of another site needs a credential of its own. */
export function factsOfHandshake(
  socket: Pick<Socket, 'handshake'>,
  publicUrl: string,
): RequestFacts {
  const { headers, address, auth } = socket.handshake
  const parsed = Auth.safeParse(auth)
  const { token, tenantId } = parsed.success ? parsed.data : {}
  const given: Record<string, string | undefined> = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(tenantId === undefined ? {} : { 'edpsych-tenant': tenantId }),
  }
  return {
    requestId: randomUUID(),
    method: 'GET',
    path: '/live',
    remoteAddress: address,
    // Whoever visits another site must not lend it their session.
    cookies: isOwnOrigin(headers.origin, publicUrl) ? parseCookie(headers.cookie ?? '') : {},
    header(name) {
      const value = given[name.toLowerCase()] ?? headers[name.toLowerCase()]
      return Array.isArray(value) ? value.join(', ') : value
    },
  }
}

/** Browsers name where a page comes from; programs name nothing. */
function isOwnOrigin(origin: string | undefined, publicUrl: string): boolean {
  return origin === undefined || origin === new URL(publicUrl).origin
}

/** Who connects, by a bearer credential or else by the session of the browser. */
export async function callerOf(
  facts: RequestFacts,
  { bearer, session }: Pick<LiveOptions, 'bearer' | 'session'>,
): Promise<TenantContext | undefined> {
  const authorization = facts.header('authorization')
  if (authorization === undefined) return session(facts)
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (token === undefined) return undefined
  const known = bearer().find(({ prefix }) => token.startsWith(prefix))
  return known?.authenticate(token, facts)
}
