import { open, readFile } from 'node:fs/promises'
import { AppError } from '../../../../shared/errors.ts'
import type { Item } from '../../../../shared/qti/item.ts'
import { readItem } from '../../../../shared/qti/read-item.ts'
import { decodeXml } from './decode-xml.ts'
import { packageLimits, tooLarge, xmlBytes } from './limits.ts'
import { loadAssets, type PackageAsset } from './load-assets.ts'
import {
  isItemResource,
  isQtiResource,
  type ManifestResource,
  readManifest,
} from './read-manifest.ts'
import { reasonsNotUsed } from './reason-not-used.ts'
import { orSkip, type SkippedFile } from './skipping.ts'
import { openZip, refusePackage, type ZipArchive, type ZipEntry } from './zip-archive.ts'

export interface SourceItem {
  /** The item's path in the package, or the file's own name. */
  readonly file: string
  readonly item: Item
  readonly xml: string
  readonly assets: readonly PackageAsset[]
}

/** Every file of the source is in exactly one place: an item, an asset of one, skipped or the manifest. */
export interface ItemSource {
  readonly items: readonly SourceItem[]
  readonly skipped: readonly SkippedFile[]
  readonly manifest: string | null
}

/**
 * Reads a QTI 3 item (XML) or package (zip), given as bytes or as a path. What cannot be imported
 * is listed with the reason; a package that is dangerous as a whole throws `package_refused`.
 */
export async function readItemSource(
  file: Buffer | string,
  fileName: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ItemSource> {
  const { bytes, head } = await measure(file)
  if (head.toString('latin1', 0, 2) === 'PK') {
    if (bytes > packageLimits.compressedBytes) refusePackage(fileName, 'it is larger than 50 MB')
    const archive = await openZip(file, fileName)
    try {
      return await readPackage(archive, options.signal)
    } finally {
      archive.close()
    }
  }
  if (!looksLikeXml(head)) refusePackage(fileName, 'it is neither XML nor a zip file')
  return bytes > xmlBytes
    ? { items: [], skipped: [{ file: fileName, reason: tooLarge }], manifest: null }
    : readSingle(file, fileName)
}

async function readSingle(file: Buffer | string, fileName: string): Promise<ItemSource> {
  const result = await orSkip(fileName, async () => {
    const xml = decodeXml(typeof file === 'string' ? await readFile(file) : file)
    const item = readItem(xml)
    const [asset] = item.assets
    if (asset !== undefined) {
      throw new AppError('item_refused', `refers to ${asset}; import the item as a package (zip)`)
    }
    return { file: fileName, item, xml, assets: [] }
  })
  return 'skipped' in result
    ? { items: [], skipped: [result.skipped], manifest: null }
    : { items: [result.value], skipped: [], manifest: null }
}

async function readPackage(archive: ZipArchive, signal?: AbortSignal): Promise<ItemSource> {
  const skipped: SkippedFile[] = []
  const items: SourceItem[] = []
  const manifestPath = manifestOf(archive)
  const resources = await resourcesOf(archive, manifestPath, skipped)
  const assets = new Map<string, PackageAsset>()

  for (const entry of itemCandidates(archive, resources, manifestPath)) {
    signal?.throwIfAborted()
    const result = await orSkip(entry.path, () => readEntry(entry, archive, assets))
    if ('skipped' in result) {
      skipped.push(result.skipped)
      continue
    }
    const { identifier } = result.value.item
    const twin = items.find(({ item }) => item.identifier === identifier)
    if (twin) skipped.push({ file: entry.path, reason: `has the same identifier as ${twin.file}` })
    else items.push(result.value)
  }

  const manifest = skipped.some(({ file }) => file === manifestPath) ? null : manifestPath
  const used = new Set([
    ...items.flatMap(({ file, assets }) => [file, ...assets.map(({ path }) => path)]),
    ...skipped.map(({ file }) => file),
    ...(manifest === null ? [] : [manifest]),
  ])
  const reasonFor = reasonsNotUsed(resources, new Set(skipped.map(({ file }) => file)))
  for (const path of archive.entries.keys()) {
    if (!used.has(path)) skipped.push({ file: path, reason: reasonFor(path) })
  }
  return { items, skipped, manifest }
}

/** The manifest at the root, or in the folder that someone zipped instead of its content. */
function manifestOf({ entries }: ZipArchive): string | null {
  const [nearest] = [...entries.keys()]
    .filter((path) => /(^|\/)imsmanifest\.xml$/i.test(path))
    .sort((a, b) => a.split('/').length - b.split('/').length)
  return nearest ?? null
}

async function resourcesOf(
  { entries }: ZipArchive,
  manifestPath: string | null,
  skipped: SkippedFile[],
): Promise<ManifestResource[]> {
  const entry = manifestPath === null ? undefined : entries.get(manifestPath)
  if (!entry) return []
  const result = await orSkip(entry.path, async () => readManifest(await entry.read(), entry.path))
  if ('skipped' in result) {
    skipped.push(result.skipped)
    return []
  }
  const missing = result.value
    .filter((one) => isQtiResource(one) && !(one.href !== null && entries.has(one.href)))
    .map(({ href, writtenHref }) => href ?? (writtenHref.slice(0, 200) || '(no href)'))
  for (const file of new Set(missing)) {
    skipped.push({ file, reason: 'the manifest lists it, but the package does not hold it' })
  }
  return result.value
}

/** What the manifest lists as items, then every other XML file: some packages list too little. */
function itemCandidates(
  { entries }: ZipArchive,
  resources: readonly ManifestResource[],
  manifestPath: string | null,
): ZipEntry[] {
  const listed = new Set(resources.filter(isItemResource).map(({ href }) => href))
  const all = [...entries.values()].filter(({ path }) => path !== manifestPath)
  return [
    ...all.filter(({ path }) => listed.has(path)),
    ...all.filter(({ path }) => !listed.has(path) && /\.xml$/i.test(path)),
  ]
}

async function readEntry(
  entry: ZipEntry,
  archive: ZipArchive,
  assets: Map<string, PackageAsset>,
): Promise<SourceItem> {
  if (entry.bytes > xmlBytes) throw new AppError('item_refused', tooLarge)
  const xml = decodeXml(await entry.read())
  const item = readItem(xml, { file: entry.path })
  return { file: entry.path, item, xml, assets: await loadAssets(item, archive, assets) }
}

async function measure(file: Buffer | string): Promise<{ bytes: number; head: Buffer }> {
  if (typeof file !== 'string') return { bytes: file.length, head: file.subarray(0, 200) }
  const handle = await open(file)
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(200), 0, 200, 0)
    return { bytes: (await handle.stat()).size, head: buffer.subarray(0, bytesRead) }
  } finally {
    await handle.close()
  }
}

/** A byte order mark or white space may come before the first `<`; in UTF-16 it has a zero beside it. */
function looksLikeXml(head: Buffer): boolean {
  return /^[\u00ef\u00bb\u00bf\u00ff\u00fe\0\s]*</.test(head.toString('latin1'))
}
