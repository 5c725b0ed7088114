import { fileURLToPath } from 'node:url'
import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express'
import { DialChange, dialsFromForm, quietDials } from './dials.ts'
import { sendPage, vendorPage } from './pages.ts'
import { dropUndefined } from './state.ts'
import type { Vendor, VendorDefinition } from './vendor.ts'

/** The style sheet beside this module; the build copies it along. */
export function assets(): RequestHandler {
  const folder = fileURLToPath(new URL('./assets/', import.meta.url))
  return express.static(folder, { cacheControl: false, index: false, redirect: false })
}

/** The page of a vendor, and what it does for programs: dials, credentials and the request log. */
export function controlRoutes(vendor: Vendor, definition: VendorDefinition): Router {
  const router = express.Router()
  const { state } = vendor
  const form = express.urlencoded({ extended: false })
  const home = `${new URL(vendor.baseUrl).pathname}/`

  router.get('/', (_req, res) => sendPage(res, vendorPage(vendor, definition)))
  router.use(['/dials', '/credentials', '/requests', '/webhook', '/reset'], onlyFromHere(vendor))

  router.get('/dials', (_req, res) => void res.json(state.dials))
  router.put('/dials', express.json(), async (req, res) => {
    const change = DialChange.safeParse(req.body)
    if (!change.success) {
      res.status(400).json({ error: 'bad_dials', issues: change.error.issues })
      return
    }
    Object.assign(state.dials, dropUndefined(change.data))
    await vendor.changed()
    res.json(state.dials)
  })
  router.post('/dials', form, async (req, res) => {
    const { clear, ...fields }: Record<string, unknown> = req.body ?? {}
    const change = clear ? quietDials() : dialsFromForm(fields, definition.dials)
    const parsed = DialChange.safeParse(change)
    if (parsed.success) Object.assign(state.dials, dropUndefined(parsed.data))
    await vendor.changed()
    res.redirect(303, `${home}#dials`)
  })

  router.get('/credentials', (_req, res) => void res.json(definition.paste(vendor)))
  router.post('/credentials/rotate', form, async (req, res) => {
    state.rotations += 1
    state.issued = {}
    await vendor.changed()
    if (req.get('content-type')?.includes('urlencoded')) res.redirect(303, `${home}#connect`)
    else res.json(definition.paste(vendor))
  })

  router.get('/requests', (_req, res) => {
    res.json({ count: vendor.requests.count(), requests: vendor.requests.list() })
  })
  router.delete('/requests', (_req, res) => {
    vendor.requests.clear()
    res.status(204).end()
  })
  router.post('/reset', form, async (req, res) => {
    state.dials = quietDials()
    state.rotations = 0
    state.issued = {}
    state.webhookUrl = ''
    state.own = undefined
    vendor.requests.clear()
    await vendor.changed()
    if (req.get('content-type')?.includes('urlencoded')) res.redirect(303, home)
    else res.status(204).end()
  })
  return router
}

/** Refuses changes that a page of another site asks for; programs send no Origin and may. */
function onlyFromHere(vendor: Vendor) {
  const own = new URL(vendor.baseUrl).origin
  return (req: Request, res: Response, next: NextFunction): void => {
    const origin = req.get('origin')
    const changes = req.method !== 'GET' && req.method !== 'HEAD'
    if (changes && origin !== undefined && origin !== own && origin !== ownName(req)) {
      res
        .status(403)
        .json({ error: 'cross_site', message: 'Only pages of this vendor may do this' })
    } else next()
  }
}

const ownName = (req: Request): string => `${req.protocol}://${req.get('host')}`
