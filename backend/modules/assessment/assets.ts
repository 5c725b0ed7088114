import { Router } from 'express'
import { AppError } from '../../../shared/errors.ts'
import { AssetModel, type RevisionRow } from './store.ts'

/** Where an asset of a revision is served. */
export function assetUrl(revision: Pick<RevisionRow, 'assets'>, path: string): string {
  const asset = revision.assets.find((entry) => entry.path === path)
  // Reading refuses an item whose files are not in its package, so this is a broken picture at worst.
  return asset ? `/media/${asset.assetId}` : '/media/missing'
}

/**
 * Images and sounds of items. An `<img>` can send no bearer token, so the id is the right:
 * 80 random bits, given out only with an item that shows it.
 */
export function mediaRouter(): Router {
  const router = Router()
  router.get('/media/:id', async (req, res) => {
    const asset = await AssetModel.findOne({ _id: req.params.id })
      .setOptions({ acrossTenants: 'the id of an asset is the right to see it' })
      .lean()
    if (!asset) throw new AppError('not_found', 'This file does not exist')
    res.setHeader('content-security-policy', "default-src 'none'; sandbox")
    res.setHeader('cache-control', 'private, max-age=86400, immutable')
    res.setHeader('cross-origin-resource-policy', 'same-origin')
    res.type(asset.contentType).send(Buffer.from(asset.bytes.buffer))
  })
  return router
}
