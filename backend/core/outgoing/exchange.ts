import { Readable } from 'node:stream'
import type { Agent, Dispatcher } from 'undici'
import { AppError } from '../../../shared/errors.ts'
import type { OutgoingRequest } from './definition.ts'

export interface Exchanged {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly bytes: number
}

/** One HTTP exchange: no redirect, no retry, a body of bounded size. */
export async function exchange(
  agent: Agent,
  url: URL,
  request: OutgoingRequest,
  limits: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Exchanged> {
  const answer = await agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method ?? 'GET',
    headers: { 'user-agent': 'EdPsych-Connect', ...request.headers },
    body: bodyOf(request.body),
    signal: limits.signal,
    // The caller's signal bounds the whole call; these would only bound parts of it.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const body = await readBody(answer, url.host, limits.maxBytes)
  return {
    status: answer.statusCode,
    headers: flatHeaders(answer.headers),
    text: body.toString('utf8'),
    bytes: body.length,
  }
}

function bodyOf(body: OutgoingRequest['body']): string | Uint8Array | Readable | null {
  if (body === undefined) return null
  return typeof body === 'string' || body instanceof Uint8Array ? body : Readable.from(body)
}

async function readBody(
  { body, headers }: Dispatcher.ResponseData,
  host: string,
  maxBytes: number,
): Promise<Buffer> {
  const tooLarge = () =>
    new AppError('upstream_response_too_large', `${host} answered with more than ${maxBytes} bytes`)
  const announced = Number(headers['content-length'] ?? 0)
  if (announced > maxBytes) {
    // Destroying without a reader raises an error nobody else would hear.
    body.on('error', () => {}).destroy()
    throw tooLarge()
  }
  const chunks: Buffer[] = []
  let size = 0
  // undici's body yields buffers; its type inherits the looser one of a stream.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
