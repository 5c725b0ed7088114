import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router } from 'express'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { OffboardingDeps } from './deps.ts'
import { findOffboarding, readPart } from './store.ts'

const Link = z.tuple([z.string(), z.string(), z.int(), z.int()])

/** Hands out archives to whoever holds a link that is not five minutes old. */
export function archiveRouter(deps: OffboardingDeps): Router {
  const router = Router()

  router.get('/downloads/offboarding/:token', async (req, res) => {
    const { tenantId, id, making } = openLink(req.params.token, deps)
    const row = await findOffboarding({ tenantId }, id)
    if (!row?.archive || row.archive.making !== making) throw gone()
    const { bytes, parts, sha256 } = row.archive
    res.setHeader('content-type', 'application/zip')
    res.setHeader('content-length', bytes)
    res.setHeader('content-disposition', `attachment; filename="${row.leaving.slug}-export.zip"`)
    res.setHeader('cache-control', 'no-store')
    res.setHeader('repr-digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`)
    await pipeline(Readable.from(readParts({ tenantId, id, making, parts })), res)
  })

  return router
}

async function* readParts({
  tenantId,
  id,
  making,
  parts,
}: {
  readonly tenantId: string
  readonly id: string
  readonly making: number
  readonly parts: number
}): AsyncGenerator<Buffer> {
  for (let no = 0; no < parts; no++) {
    const part = await readPart({ tenantId }, id, making, no)
    if (!part) throw new TypeError('a piece of the archive is missing')
    yield part
  }
}

function openLink(token: string, { links, now }: OffboardingDeps) {
  const text = links.open(token)
  const link = text === null ? null : Link.safeParse(JSON.parse(text))
  if (!link?.success) throw gone()
  const [tenantId, id, making, expiresAt] = link.data
  if (expiresAt < now().getTime()) throw gone()
  return { tenantId, id, making }
}

function gone(): AppError {
  return new AppError('not_found', 'This link has expired; ask for a new one in the administration')
}
