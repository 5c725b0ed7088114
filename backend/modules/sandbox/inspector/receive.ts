import { setTimeout as wait } from 'node:timers/promises'
import { type NextFunction, type Request, type Response, Router } from 'express'
import { AppError } from '../../../../shared/errors.ts'
import { systemContext } from '../../../core/tenancy.ts'
import type { SandboxDeps } from '../deps.ts'
import type { Dials } from '../dials.ts'
import { findByToken, takeAnswer } from '../sandbox-store.ts'
import { inspectorUrlOf } from '../show-sandbox.ts'
import { insertInspection } from './inspection-store.ts'
import { judgeSignature } from './judge-signature.ts'
import { createPace } from './pace.ts'

const mostKeptBytes = 64 * 1024
const mostReadBytes = 1024 * 1024
const mostHeaderBytes = 4096

type ReceiveDeps = Pick<SandboxDeps, 'findWebhooks' | 'now' | 'settings'> & {
  readonly dials: Pick<Dials, 'noteUse'>
}

/** The address that takes any request for a sandbox and keeps it to be looked at. */
export function inspectorRouter(deps: ReceiveDeps): Router {
  const pace = createPace(deps.now)
  const receive = async (req: Request, res: Response): Promise<void> => {
    const token = String(req.params['token'])
    const row = await findByToken({ inspectorToken: token })
    if (!row) throw new AppError('not_found', 'There is no inspector at this address (any more)')
    pace(row._id)
    const { kept, bytes } = await readBody(req)
    const answer = await takeAnswer(row)
    const path = req.url.slice(`/sandbox/inspector/${token}`.length)
    await insertInspection({
      tenantId: row._id,
      method: req.method,
      path: path.slice(0, 2000),
      headers: headersOf(req),
      body: kept,
      bodyBytes: bytes,
      signature: await judgeSignature(
        systemContext(row._id, 'inspector'),
        { url: inspectorUrlOf(deps.settings.publicUrl, token), headers: req.headers, body: kept },
        { ...deps, isWhole: bytes === kept.length },
      ),
      answeredStatus: answer.status,
      createdAt: deps.now(),
    })
    deps.dials.noteUse(row._id, {})
    if (answer.delayMs > 0) await wait(answer.delayMs)
    res.setHeader('cache-control', 'no-store')
    if (answer.status === 429 || answer.status === 503) res.setHeader('retry-after', '1')
    res.status(answer.status).end()
  }
  return Router().all(
    ['/sandbox/inspector/:token', '/sandbox/inspector/:token/*rest'],
    (req: Request, res: Response, next: NextFunction) => {
      receive(req, res).catch(next)
    },
  )
}

/** Cookies are of this site, not of the sender's request. */
const notKept = new Set(['cookie'])

function headersOf(req: Request): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(req.headers)) {
    if (value === undefined || notKept.has(name)) continue
    const text = Array.isArray(value) ? value.join(', ') : value
    // MongoDB takes dots in names for paths.
    headers[name.replaceAll('.', '_')] = text.slice(0, mostHeaderBytes)
  }
  return headers
}

async function readBody(req: Request): Promise<{ kept: Buffer; bytes: number }> {
  const chunks: Buffer[] = []
  let bytes = 0
  let keptBytes = 0
  // A request without an encoding yields buffers.
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostReadBytes) {
      throw new AppError('payload_too_large', 'The inspector takes bodies up to 1 MB')
    }
    const room = mostKeptBytes - keptBytes
    if (room <= 0) continue
    const part = chunk.subarray(0, room)
    keptBytes += part.length
    chunks.push(part)
  }
  return { kept: Buffer.concat(chunks), bytes }
}
