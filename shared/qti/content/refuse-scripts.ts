import type { XmlElement } from '../xml.ts'
import { descendants, refuse } from '../xml-element.ts'

const activeElements = new Set([
  'script',
  'foreignobject',
  'handler',
  'iframe',
  'frame',
  'embed',
  'applet',
])

/**
 * Refuses an item that carries script anywhere, shown to learners or not: whoever wrote it meant
 * it to run, so cleaning it would import something else than the file says.
 */
export function refuseScripts(root: XmlElement): void {
  for (const element of descendants(root)) {
    if (activeElements.has(element.name.toLowerCase())) {
      refuse(`script in content: a ${element.name} element`, element)
    }
    for (const [name, value] of element.attributes) {
      if (/^on[a-z]/i.test(name)) refuse(`script in content: the attribute ${name}`, element)
      if (isScriptUrl(value)) refuse(`script in content: a script URL in ${name}`, element)
    }
  }
}

/** Browsers ignore control characters and space before and within the scheme. */
function isScriptUrl(value: string): boolean {
  const start = value.slice(0, 200).replace(/[\p{Cc}\s]/gu, '')
  return /^((javascript|vbscript|livescript):|data:(text\/(html|xml)|image\/svg|application\/))/i.test(
    start,
  )
}
