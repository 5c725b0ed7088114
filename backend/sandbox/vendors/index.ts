import { join } from 'node:path'
import express, { type Express } from 'express'
import type { LmsLog } from '../lms/lms.ts'
import { keepSnapshots } from '../lms/snapshot.ts'
import { blackboard } from './blackboard/index.ts'
import { canvas } from './canvas/index.ts'
import { assets, controlRoutes } from './control-routes.ts'
import { dialGate } from './gate.ts'
import { googleClassroom } from './google-classroom/index.ts'
import { moodle } from './moodle/index.ts'
import { oak } from './oak/index.ts'
import { oneroster } from './oneroster/index.ts'
import { indexPage, sendPage } from './pages.ts'
import { createRequestLog } from './request-log.ts'
import { freshState, loadState } from './state.ts'
import type { Vendor, VendorDefinition } from './vendor.ts'

export interface VendorsOptions {
  /** The address below which each vendor has its own, and where the app is mounted. */
  readonly baseUrl: string
  /** Where dials and tokens are kept between runs; without it everything is gone at the end. */
  readonly folder?: string
  readonly log?: LmsLog
  readonly now?: () => number
  /** Events go out through this; a server on the internet hands in a guarded fetch. */
  readonly fetch?: typeof globalThis.fetch
}

export interface RunningVendors {
  /** To be mounted at the path of `baseUrl`. */
  readonly app: Express
  /** Resolves when the last change is on the disk. */
  close(): Promise<void>
}

const definitions: readonly VendorDefinition[] = [
  moodle,
  canvas,
  blackboard,
  googleClassroom,
  oneroster,
  oak,
]
const silent: LmsLog = { info: () => undefined, warn: () => undefined }

/** Simulated products of other vendors, each speaking its own protocol and failing on request. */
export function createVendors(options: VendorsOptions): RunningVendors {
  const baseUrl = options.baseUrl.replace(/\/+$/, '')
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use('/assets', assets())
  const closing: (() => Promise<void>)[] = []
  for (const definition of definitions) {
    const { vendor, close } = startVendor(definition, { ...options, baseUrl })
    app.use(`/${definition.id}`, vendorApp(vendor, definition))
    closing.push(close)
  }
  app.get('/', (_req, res) => sendPage(res, indexPage(baseUrl, definitions)))
  return {
    app,
    close: async () => {
      await Promise.all(closing.map((close) => close()))
    },
  }
}

function startVendor(definition: VendorDefinition, options: VendorsOptions) {
  const { log = silent, now = Date.now, folder } = options
  const file = folder && join(folder, `${definition.id}.json`)
  const state = file ? loadState(file, log) : freshState()
  const snapshots = file ? keepSnapshots(file, state, log) : undefined
  const vendor: Vendor = {
    baseUrl: `${options.baseUrl}/${definition.id}`,
    state,
    requests: createRequestLog(),
    log,
    now: () => now() + state.dials.clockSkewSeconds * 1000,
    fetch: options.fetch ?? globalThis.fetch,
    changed: async () => {
      await snapshots?.save()
    },
  }
  return { vendor, close: async () => snapshots?.close() }
}

function vendorApp(vendor: Vendor, definition: VendorDefinition): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.use(controlRoutes(vendor, definition))
  app.use(dialGate(vendor, definition))
  app.use(definition.routes(vendor))
  return app
}
