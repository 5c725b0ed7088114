import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Router } from 'express'
import yazl from 'yazl'
import { z } from 'zod'
import { expired, openCartridge } from './common-cartridge.ts'
import type { ExportsDeps } from './deps.ts'

const Link = z.tuple([z.string(), z.string()])

/** Hands out cartridges to whoever holds the link of one. */
export function exportsRouter(deps: ExportsDeps): Router {
  const router = Router()

  router.get('/downloads/common-cartridge/:token', async (req, res) => {
    const text = deps.links.open(req.params.token)
    const link = text === null ? null : Link.safeParse(JSON.parse(text))
    if (!link?.success) throw expired()
    const [tenantId, id] = link.data
    const { fileName, files } = await openCartridge(deps, tenantId, id)
    res.setHeader('content-type', 'application/vnd.ims.imsccv1p3')
    res.setHeader('content-disposition', `attachment; filename="${fileName}"`)
    res.setHeader('cache-control', 'no-store')
    const zip = new yazl.ZipFile()
    // A fixed time makes equal content equal bytes.
    const mtime = new Date('2026-01-01T00:00:00Z')
    for (const { path, text: content } of files)
      zip.addBuffer(Buffer.from(content), path, { mtime })
    zip.end()
    await pipeline(Readable.from(zip.outputStream), res)
  })

  return router
}
