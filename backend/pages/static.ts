import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Response, Router } from 'express'

const hashed = /-[\w-]{8,}\.(js|css|woff2)$/

function setAssetCaching(res: Response, path: string): void {
  // A module is fetched with CORS: without this, elements could not stand on pages elsewhere.
  res.setHeader('access-control-allow-origin', '*')
  res.setHeader('cross-origin-resource-policy', 'cross-origin')
  res.setHeader(
    'cache-control',
    // An entry names the chunks of its own build, so a kept one would ask for files that are gone.
    hashed.test(path) ? 'public, max-age=31536000, immutable' : 'public, no-cache',
  )
}

/** The built browser files; entry names are stable and asked for again each time, hashed chunks are kept for ever. */
export function staticAssets(webFolder: string, version: string): Router {
  const router = Router()
  router.use(
    '/assets',
    express.static(join(webFolder, 'assets'), {
      fallthrough: true,
      index: false,
      redirect: false,
      cacheControl: false,
      setHeaders: setAssetCaching,
    }),
  )
  for (const [path, cache] of [
    ['/embed/v1/loader.js', 'public, max-age=300'],
    [`/embed/${version}/loader.js`, 'public, max-age=31536000, immutable'],
  ] as const) {
    router.get(path, (_req, res) => {
      res.setHeader('access-control-allow-origin', '*')
      res.setHeader('cross-origin-resource-policy', 'cross-origin')
      res.setHeader('cache-control', cache)
      res.type('text/javascript').send(readFileSync(join(webFolder, 'embed', 'loader.js')))
    })
  }
  return router
}
