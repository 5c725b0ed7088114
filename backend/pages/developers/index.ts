import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RequestHandler, Router } from 'express'
import { eventCatalogue } from '../../../shared/events.ts'
import { setPagePolicy } from '../../core/headers.ts'
import { onDemand } from '../../core/on-demand.ts'
import { type Json, readApiDocument } from './api-document.ts'
import { changelogPage, guideOrder, guidePages, readGuides } from './content.ts'
import { errorPages } from './error-pages.ts'
import { eventPage } from './event-page.ts'
import { navigationGroups } from './navigation.ts'
import { type DeveloperPage, renderPage } from './page.ts'
import { createPageCache } from './page-cache.ts'
import { referencePages } from './reference-pages.ts'
import { scopePage } from './scope-page.ts'
import { searchIndex, searchPage } from './search.ts'
import { startPage } from './start-page.ts'

export interface DeveloperPortalOptions {
  readonly publicUrl: string
  /** The OpenAPI document that the API publishes. */
  document(): Json
}

/** Holds `docs/guides` and `CHANGELOG.md`: the repository, or the folder of the build. */
const contentFolder = fileURLToPath(new URL('../../..', import.meta.url))

const connectorList = {
  path: '/developers/connectors',
  title: 'Connecting systems',
  description:
    'What to do in Moodle, Canvas, OneRoster and others, and how a connector is written.',
}

/** `/developers` and everything below it that is read; what it does not know is left to others. */
export function developerPortal(options: DeveloperPortalOptions): RequestHandler {
  // Most starts serve nobody these pages: they are made for the first who asks.
  const portal = onDemand(() => portalRouter(options))
  return (req, res, next) => {
    if (/^\/developers(\/|$)/i.test(req.path)) portal()(req, res, next)
    else next()
  }
}

function portalRouter(options: DeveloperPortalOptions): Router {
  const { publicUrl } = options
  const api = readApiDocument(options.document())
  const guides = readGuides(join(contentFolder, 'docs', 'guides'), publicUrl)
  const connectors = readGuides(
    join(contentFolder, 'docs', 'connectors'),
    publicUrl,
    connectorList.path,
  )
  const all: DeveloperPage[] = [
    startPage(api, publicUrl),
    ...guidePages(guides),
    ...guidePages(connectors, connectorList),
    ...referencePages(api, publicUrl),
    eventPage(eventCatalogue),
    scopePage(api),
    ...errorPages(api, publicUrl),
    changelogPage(join(contentFolder, 'CHANGELOG.md')),
  ]
  const pages = new Map(all.map((page) => [page.path, page]))
  const groups = navigationGroups(api, guides, connectors)
  const index = searchIndex({ api, guides: [...guides, ...connectors], events: eventCatalogue })
  const cache = createPageCache()

  const router = Router()
  router.get('/developers/search', (req, res) => {
    const query = String(req.query['q'] ?? '').slice(0, 200)
    setPagePolicy(res)
    res.setHeader('cache-control', 'no-cache')
    res.type('html').send(renderPage(searchPage(index, query), groups, query))
  })
  router.get('/developers/search.json', (req, res) => {
    cache.send(req, res, 'search', 'json', () => JSON.stringify(index))
  })
  // Other guides name them; one that is not written yet must not be a dead end.
  for (const name of guideOrder) {
    const path = `/developers/guides/${name}`
    if (!pages.has(path)) router.get(path, (_req, res) => res.redirect('/developers/guides'))
  }
  router.get(['/developers', '/developers/*path'], (req, res, next) => {
    const page = pages.get(req.path.replace(/(?<=.)\/$/, ''))
    if (!page) {
      next()
      return
    }
    setPagePolicy(res)
    cache.send(req, res, page.path, 'html', () => renderPage(page, groups))
  })
  return router
}
