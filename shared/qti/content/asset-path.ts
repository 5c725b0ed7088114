import type { XmlElement } from '../xml.ts'
import { refuse } from '../xml-element.ts'

/**
 * The path within the package that a reference in `itemFile` means. What lies outside the package,
 * or would be fetched from elsewhere, is refused.
 */
export function assetPath(href: string, itemFile: string, element: XmlElement): string {
  const shown = href.slice(0, 100)
  if (/^[a-z][a-z0-9+.-]*:/i.test(href) || href.startsWith('//')) {
    refuse(`refers to ${shown}, which is not a file of the package`, element)
  }
  const [written = ''] = href.split(/[?#]/)
  if (written === '' || written.startsWith('/') || written.includes('\\')) {
    refuse(`refers to "${shown}", which is not a relative path`, element)
  }
  const path = pathFrom(itemFile, decoded(written, element))
  return path ?? refuse(`refers to ${shown}, outside the package`, element)
}

/** Where a relative path in the file `from` leads, or null when that is outside the package. */
export function pathFrom(from: string, relative: string): string | null {
  const parts = from.split('/').slice(0, -1)
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return null
  }
  return parts.length === 0 ? null : parts.join('/')
}

function decoded(text: string, element: XmlElement): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse(`refers to ${text.slice(0, 100)}, which is not correctly escaped`, element)
  }
}
