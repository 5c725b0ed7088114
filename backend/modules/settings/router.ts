import { createHash } from 'node:crypto'
import { Router } from 'express'
import { AppError } from '../../../shared/errors.ts'
import { brandingStylesheet, decodeLogo } from './branding.ts'
import type { LiveSettings } from './live-settings.ts'

/** What pages of everybody load to look like an organisation: no personal data, no credential. */
export function brandingRouter(live: LiveSettings): Router {
  const router = Router()

  router.get('/branding/:file.css', async (req, res) => {
    const colour = await live.get(req.params.file, 'branding.colour')
    const css = colour === null ? '' : brandingStylesheet(colour)
    res.setHeader('cache-control', 'public, max-age=60, stale-while-revalidate=600')
    res.type('css').send(css)
  })

  router.get('/branding/:tenantId/logo', async (req, res) => {
    const logo = await live.get(req.params.tenantId, 'branding.logo')
    if (logo === null) throw new AppError('not_found', 'This organisation has no logo')
    const { contentType, bytes } = decodeLogo(logo)
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    res.setHeader('cache-control', 'public, max-age=60, stale-while-revalidate=600')
    res.setHeader('content-security-policy', "default-src 'none'; sandbox")
    res.setHeader('etag', etag)
    if (req.get('if-none-match') === etag) res.status(304).end()
    else res.type(contentType).send(bytes)
  })

  return router
}
