import type { ResponseDeclaration } from '../declarations.ts'
import type { DeliveryTextEntry } from '../delivery.ts'
import { parseScalar, type Scalar, single } from '../values.ts'
import type { XmlElement } from '../xml.ts'
import { countAttribute, refuse } from '../xml-element.ts'
import type { InteractionDefinition, ReadContext } from './interaction.ts'

export interface TextEntryInteraction {
  readonly kind: 'text-entry'
  readonly responseIdentifier: string
  readonly expectedLength: number | null
  readonly placeholder: string | null
  readonly patternMask: string | null
}

const maxCharacters = 1000

const inputModes = { string: 'text', integer: 'numeric', float: 'decimal' } as const

export const textEntry: InteractionDefinition<TextEntryInteraction, DeliveryTextEntry> = {
  element: 'qti-text-entry-interaction',

  read(element, context) {
    const { identifier, cardinality, baseType } = context.declaration
    if (cardinality !== 'single' || !isTyped(baseType)) {
      refuse(
        `a text entry is read as one string, integer or float, but ${identifier} is ${cardinality} ${baseType ?? ''}`.trim(),
        element,
      )
    }
    const base = element.attributes.get('base')
    if (base !== undefined && base !== '10') refuse('numbers in another base than 10', element)
    if (element.attributes.has('string-identifier')) {
      refuse('a text entry that fills two responses (string-identifier)', element)
    }
    return {
      kind: 'text-entry',
      responseIdentifier: identifier,
      expectedLength: countAttribute(element, 'expected-length') ?? widthInClass(element),
      placeholder: element.attributes.get('placeholder-text')?.slice(0, 200) ?? null,
      patternMask: readPatternMask(element, context),
    }
  },

  resolve(_model, submitted, { declaration: { baseType }, problem }) {
    if (submitted.length > 1) problem(null, 'too_many_values', 'takes one value')
    const [first] = submitted
    if (typeof first === 'boolean') {
      problem(0, 'wrong_type', 'is not text')
      return null
    }
    const text = first === undefined ? '' : String(first)
    if (text.length > maxCharacters) {
      problem(0, 'too_long', `takes at most ${maxCharacters} characters`)
      return null
    }
    // QTI names no trimming for strings; around a number, space means nothing.
    if (text === '' || (baseType !== 'string' && text.trim() === '')) return null
    if (!isTyped(baseType)) throw new TypeError('a text entry was read with another base type')
    const value = parseScalar(baseType, text)
    if (value !== undefined) return single(baseType, value)
    problem(0, 'wrong_type', baseType === 'integer' ? 'is not a whole number' : 'is not a number')
    return null
  },

  deliver(model, { declaration }) {
    const { baseType } = declaration
    const { expectedLength, placeholder, patternMask } = model
    return {
      kind: 'text-entry',
      responseIdentifier: model.responseIdentifier,
      inputMode: isTyped(baseType) ? inputModes[baseType] : 'text',
      ...(expectedLength === null ? {} : { expectedLength }),
      ...(placeholder === null ? {} : { placeholder }),
      ...(patternMask === null || revealsKey(patternMask, declaration) ? {} : { patternMask }),
    }
  },

  attainable() {
    return { values: 'any', atLeast: 0, atMost: 1 }
  },
}

function isTyped(baseType: ResponseDeclaration['baseType']): baseType is keyof typeof inputModes {
  return baseType !== null && baseType in inputModes
}

function readPatternMask(element: XmlElement, { declaration, note }: ReadContext): string | null {
  const mask = element.attributes.get('pattern-mask') ?? ''
  if (mask === '') return null
  if (!isPattern(mask)) {
    note('a pattern-mask that browsers cannot read is not applied')
    return null
  }
  if (revealsKey(mask, declaration)) {
    note('a pattern-mask is not shown to learners because it contains an answer')
  }
  return mask
}

/** Form fields compile their `pattern` with this flag and ignore what does not compile. */
function isPattern(mask: string): boolean {
  try {
    new RegExp(mask, 'v')
    return mask.length <= 500
  } catch {
    return false
  }
}

/** A mask like `Paris|London` is a hint too many. */
function revealsKey(mask: string, { correctResponse, mapping }: ResponseDeclaration): boolean {
  const keys: Scalar[] = mapping?.entries.map(({ key }) => key) ?? []
  if (correctResponse?.cardinality === 'single') keys.push(correctResponse.value)
  const text = mask.toLowerCase()
  return keys.some((key) => key !== '' && text.includes(String(key).toLowerCase()))
}

/** The shared vocabulary's width of a field, `qti-input-width-6`, in characters. */
function widthInClass(element: XmlElement): number | null {
  const match = /(?:^|\s)qti-input-width-(\d{1,3})(?:\s|$)/.exec(
    element.attributes.get('class') ?? '',
  )
  return match?.[1] === undefined ? null : Number(match[1])
}
