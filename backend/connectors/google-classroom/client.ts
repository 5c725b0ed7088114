import type { classroom_v1 } from '@googleapis/classroom'
import { z } from 'zod'
import { ConnectorError } from '../../connector-kit/index.ts'
import type { ClassroomContext } from './settings.ts'

type Library = typeof import('@googleapis/classroom')

let library: Promise<Library> | undefined

const Anything = z.unknown()

/** What the client hands to whoever sends its requests. */
interface ClientRequest {
  readonly url: string
  readonly method: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly data?: unknown
}

/**
 * Google's own client. Each request goes through the kit, which holds the connection's token, address, limits and
 * records: the client opens no connection of its own.
 */
export async function clientOf({ http }: ClassroomContext): Promise<classroom_v1.Classroom> {
  // Loaded at first use: a school without Classroom does not pay for it.
  library ??= import('@googleapis/classroom')
  const { classroom } = await library
  const auth = { request: (request: ClientRequest) => send(http, request) }
  // Of an authentication client it calls `request` alone.
  return classroom({ version: 'v1', auth: auth as never })
}

async function send(http: ClassroomContext['http'], request: ClientRequest) {
  const { pathname } = new URL(request.url)
  const query = queryOf(request.params ?? {})
  // Relative to the address in the settings.
  const path = pathname.slice(1) + (query === '' ? '' : `?${query}`)
  const options = request.data === undefined ? {} : { json: request.data }
  return { data: await call(http, request.method, path, options), status: 200, headers: {} }
}

function call(
  http: ClassroomContext['http'],
  method: string,
  path: string,
  options: { readonly json?: unknown },
): Promise<unknown> {
  switch (method) {
    case 'GET':
      return http.get(path, Anything)
    case 'POST':
      return http.post(path, Anything, options)
    case 'PATCH':
      // The same values again change nothing.
      return http.patch(path, Anything, { ...options, idempotent: true })
    case 'DELETE':
      return http.delete(path, Anything)
    default:
      throw new ConnectorError('unsupported', `${method} is not used with Google Classroom.`)
  }
}

function queryOf(params: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    for (const one of [value].flat()) if (one !== undefined) query.append(name, String(one))
  }
  return query.toString()
}
