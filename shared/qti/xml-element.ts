import { AppError } from '../errors.ts'
import type { XmlElement } from './xml.ts'

export function isElement(node: XmlElement | string): node is XmlElement {
  return typeof node !== 'string'
}

export function childElements(element: XmlElement, name?: string): XmlElement[] {
  return element.children
    .filter(isElement)
    .filter((child) => name === undefined || child.name === name)
}

export function childElement(element: XmlElement, name: string): XmlElement | undefined {
  const found = childElements(element, name)
  if (found.length > 1) refuse(`more than one ${name} in ${element.name}`, found[1])
  return found[0]
}

/** Every element below and including `element`, in document order. */
export function* descendants(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of childElements(element)) yield* descendants(child)
}

export function textOf(element: XmlElement): string {
  return element.children.map((child) => (isElement(child) ? textOf(child) : child)).join('')
}

/** Ends reading with the reason and where it lies; the message is shown to whoever imports. */
export function refuse(reason: string, element?: XmlElement): never {
  throw new AppError('item_refused', element ? `${reason} (line ${element.line})` : reason)
}

export function requiredAttribute(element: XmlElement, name: string): string {
  const value = element.attributes.get(name)
  return value ?? refuse(`${element.name} has no ${name}`, element)
}

/** QTI identifiers are NCNames without the letters beyond ASCII being excluded. */
export function identifierAttribute(element: XmlElement, name = 'identifier'): string {
  const value = requiredAttribute(element, name).trim()
  if (!/^[\p{L}_][\p{L}\p{M}\p{N}_.-]{0,199}$/u.test(value)) {
    refuse(`${name}="${value.slice(0, 60)}" of ${element.name} is not an identifier`, element)
  }
  return value
}

export function booleanAttribute(element: XmlElement, name: string, otherwise: boolean): boolean {
  const value = element.attributes.get(name)?.trim()
  if (value === undefined) return otherwise
  if (value === 'true' || value === '1') return true
  if (value === 'false' || value === '0') return false
  return refuse(`${name}="${value.slice(0, 60)}" of ${element.name} is not true or false`, element)
}

export function countAttribute(element: XmlElement, name: string): number | undefined {
  const value = element.attributes.get(name)?.trim()
  if (value === undefined) return undefined
  if (!/^\d{1,6}$/.test(value)) {
    refuse(`${name}="${value.slice(0, 60)}" of ${element.name} is not a whole number`, element)
  }
  return Number(value)
}

export function numberAttribute(element: XmlElement, name: string): number | undefined {
  const value = element.attributes.get(name)
  if (value === undefined) return undefined
  const number = decimal(value)
  return (
    number ?? refuse(`${name}="${value.slice(0, 60)}" of ${element.name} is no number`, element)
  )
}

/** A finite number in XML Schema's notation with surrounding space, or undefined. */
export function decimal(text: string): number | undefined {
  const trimmed = text.trim()
  if (trimmed.length > 60 || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)) {
    return undefined
  }
  const number = Number(trimmed)
  return Number.isFinite(number) ? number : undefined
}
