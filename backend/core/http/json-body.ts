import { AppError } from '../../../shared/errors.ts'

const deepest = 32
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The value of a JSON body; refuses what readers of JSON understand differently or what is built to hurt. */
export function parseJsonBody(bytes: Buffer): unknown {
  const text = decode(bytes)
  const members = countMembers(text)
  const value = parse(text)
  // A member that stood twice is one only in the value.
  if (members !== membersOf(value)) {
    throw new AppError(
      'duplicate_key',
      'An object of the body holds the same member twice; send each once',
    )
  }
  return value
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new AppError('malformed_json', 'The body is not UTF-8; send JSON in UTF-8', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('malformed_json', 'The body is not valid JSON; check commas and quotes', {
      cause,
    })
  }
}

/** Members written in the text, before anything is built from it; refuses nesting beyond reason. */
function countMembers(text: string): number {
  let members = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at)
    if (sign === 0x22) {
      at = endOfString(text, at)
      if (isFollowedByColon(text, at + 1)) members++
    } else if (sign === 0x7b || sign === 0x5b) {
      depth++
      if (depth > deepest) {
        throw new AppError('invalid_request', `The body is nested deeper than ${deepest} levels`)
      }
    } else if (sign === 0x7d || sign === 0x5d) depth--
  }
  return members
}

/** Position of the closing quote, or of the end where there is none, which the parser then refuses. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const sign = text.charCodeAt(at)
    if (sign === 0x5c) at++
    else if (sign === 0x22) return at
  }
  return text.length
}

function isFollowedByColon(text: string, start: number): boolean {
  for (let at = start; at < text.length; at++) {
    const sign = text.charCodeAt(at)
    if (sign === 0x3a) return true
    if (sign !== 0x20 && sign !== 0x0a && sign !== 0x0d && sign !== 0x09) return false
  }
  return false
}

function membersOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  if (Array.isArray(value)) {
    let members = 0
    for (const element of value) members += membersOf(element)
    return members
  }
  const names = Object.keys(value)
  if (names.includes('__proto__')) {
    throw new AppError('invalid_request', 'A member of the body is named __proto__; leave it out')
  }
  let members = names.length
  for (const member of Object.values(value)) members += membersOf(member)
  return members
}
