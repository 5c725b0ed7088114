import { AppError } from '../../../../shared/errors.ts'
import { pathFrom } from '../../../../shared/qti/content/asset-path.ts'
import { parseXml, type XmlElement, xmlLimits } from '../../../../shared/qti/xml.ts'
import { childElements, descendants } from '../../../../shared/qti/xml-element.ts'
import { decodeXml } from './decode-xml.ts'

/** Thousands of resources with their metadata are ordinary. */
const manifestLimits = { ...xmlLimits, elements: 500_000 }

export interface ManifestResource {
  readonly type: string
  /** Path in the package of the resource itself; null when it lies outside or is not given. */
  readonly href: string | null
  readonly writtenHref: string
  /** Paths of everything the resource says it needs, itself included. */
  readonly files: readonly string[]
}

/** The resources of an IMS manifest; references that lead outside the package are left out. */
export function readManifest(bytes: Buffer, manifestPath: string): ManifestResource[] {
  const root = parseXml(decodeXml(bytes), manifestLimits)
  if (root.name !== 'manifest') {
    throw new AppError(
      'item_refused',
      `not a manifest: the document is a ${root.name.slice(0, 60)}`,
    )
  }
  return [...descendants(root)]
    .filter(({ name }) => name === 'resource')
    .map((resource) => ({
      type: resource.attributes.get('type') ?? '',
      href: pathOf(resource, manifestPath),
      writtenHref: resource.attributes.get('href') ?? '',
      files: childElements(resource, 'file')
        .map((file) => pathOf(file, manifestPath))
        .filter((path) => path !== null),
    }))
}

/** The manifest's name for a resource that is an item of QTI 3.0. */
export function isItemResource({ type }: ManifestResource): boolean {
  return type.toLowerCase().startsWith('imsqti_item_xmlv3p0')
}

/** Items and tests of any version of QTI. */
export function isQtiResource({ type }: ManifestResource): boolean {
  return /^imsqti_(item|test)/i.test(type)
}

function pathOf(element: XmlElement, manifestPath: string): string | null {
  const href = element.attributes.get('href') ?? ''
  try {
    return pathFrom(manifestPath, decodeURIComponent(href.replaceAll('\\', '/')))
  } catch {
    // A stray percent sign: the name is meant as it stands.
    return pathFrom(manifestPath, href)
  }
}
