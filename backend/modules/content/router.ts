import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../../shared/errors.ts'
import { setPagePolicy } from '../../core/headers.ts'
import { invalidRequest } from '../../core/problem.ts'
import type { ContentDeps } from './deps.ts'
import { embedPage, goneEmbedPage } from './embed-pages.ts'
import { findShareEmbed, openPublicEmbed } from './embeds.ts'
import { describeOembed, OembedQuery } from './oembed.ts'
import { embedPageUrl } from './snippet.ts'
import { EmbedSessionBody, openVisit } from './visits.ts'

/** The public addresses of embeds: no account, no cookie. */
export function embedRouter(deps: ContentDeps): Router {
  const { publicUrl } = deps.settings
  const router = Router()

  router.get('/embed/v1/view/:id', async (req, res) => {
    const embed = await openPublicEmbed(req.params.id, deps)
    if (typeof embed === 'string') {
      sendGone(res, embed)
      return
    }
    const { row, title } = embed
    setPagePolicy(res, { frameAncestors: frameAncestors(row.allowedOrigins) })
    const branding = await deps.brandingOf(row.tenantId)
    const page = embedPage({ publicUrl, embedId: row._id, kind: row.kind, title, branding })
    res.setHeader('cache-control', 'no-cache').type('html').send(page)
  })

  router.get('/r/:id', async (req, res) => {
    const embed = await findShareEmbed(req.params.id)
    if (embed) res.redirect(302, embedPageUrl(publicUrl, embed._id))
    else sendGone(res, 'unknown')
  })

  router.post('/embed/session', express.json({ limit: '4kb' }), async (req, res) => {
    assertOwnPage(req, publicUrl)
    const body = EmbedSessionBody.safeParse(req.body)
    if (!body.success) throw invalidRequest(body.error)
    res.setHeader('cache-control', 'no-store').json(await openVisit(body.data.embedId, deps))
  })

  router.get('/oembed', async (req, res) => {
    res.setHeader('access-control-allow-origin', '*')
    const query = OembedQuery.safeParse(req.query)
    if (!query.success) throw invalidRequest(query.error, '#/query')
    // oEmbed 1.0 §2.3.4.3: a format the provider does not speak is 501.
    if (query.data.format !== 'json') {
      res.status(501).type('text').send('Only format=json is offered')
      return
    }
    res.setHeader('cache-control', 'public, max-age=300')
    res.json(await describeOembed(query.data, deps))
  })

  return router
}

function frameAncestors(allowedOrigins: readonly string[]): string {
  return allowedOrigins.length === 0 ? '*' : ["'self'", ...allowedOrigins].join(' ')
}

function sendGone(res: Response, reason: 'withdrawn' | 'unknown'): void {
  setPagePolicy(res, { frameAncestors: '*' })
  res
    .status(reason === 'withdrawn' ? 410 : 404)
    .setHeader('cache-control', 'no-cache')
    .type('html')
    .send(goneEmbedPage(reason))
}

/** `frame-ancestors` decides who shows the page, so only that page may open a visit. */
function assertOwnPage(req: Request, publicUrl: string): void {
  const origin = req.get('origin')
  if (origin !== undefined && origin !== publicUrl) {
    throw new AppError('forbidden', 'Show the embed in its frame; other pages cannot open it')
  }
}
