import { AppError } from '../../../../shared/errors.ts'
import type { Item } from '../../../../shared/qti/item.ts'
import { isSvg, mediaType } from './media-type.ts'
import type { ZipArchive } from './zip-archive.ts'

export interface PackageAsset {
  /** Path in the package, as in `Item.assets`. */
  readonly path: string
  readonly contentType: string
  readonly bytes: Buffer
}

/** What an item shows and plays; `loaded` keeps what several items share. */
export async function loadAssets(
  { assets }: Item,
  archive: ZipArchive,
  loaded: Map<string, PackageAsset>,
): Promise<PackageAsset[]> {
  const found: PackageAsset[] = []
  for (const path of assets) {
    const asset = loaded.get(path) ?? (await loadAsset(path, archive))
    loaded.set(path, asset)
    found.push(asset)
  }
  return found
}

async function loadAsset(path: string, { entries }: ZipArchive): Promise<PackageAsset> {
  const entry = entries.get(path)
  if (!entry) throw refusal(`refers to ${path}, which the package does not hold`)
  const bytes = await entry.read()
  const contentType = mediaType(bytes)
  if (contentType !== null) return { path, contentType, bytes }
  throw refusal(
    isSvg(bytes)
      ? `${path} is an SVG picture, which can carry script; convert it to PNG`
      : `${path} is not a picture, sound or film of a kind that is accepted`,
  )
}

function refusal(reason: string): AppError {
  return new AppError('item_refused', reason)
}
