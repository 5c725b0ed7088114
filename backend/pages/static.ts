import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Response, Router } from 'express'

const hashed = /-[\w-]{8,}\.(js|css|woff2)$/

function setAssetCaching(res: Response, path: string): void {
  res.setHeader('cross-origin-resource-policy', 'cross-origin')
  res.setHeader(
    'cache-control',
    hashed.test(path) ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
  )
}

/** The built browser files; entry names are stable and cached briefly, hashed chunks for ever. */
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
