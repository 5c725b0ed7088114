/** One part of a path: what follows a fixed text, and what follows a parameter. */
interface Part<T> {
  readonly fixed: Map<string, Part<T>>
  parameter: Part<T> | undefined
  value: T | undefined
}

/**
 * Finds what belongs to a path by its parts, however many paths there are: Express would try one pattern after the
 * other. Fixed text goes before a parameter.
 */
export function createRouteTable<T>() {
  const root = newPart<T>()

  return {
    /** `path` may hold parameters, `:id`; a path has one value. */
    add(path: string, value: T): void {
      let part = root
      for (const text of partsOf(path)) part = step(part, text)
      part.value = value
    },
    find(path: string): T | undefined {
      return search(root, partsOf(path), 0)
    },
  }
}

function newPart<T>(): Part<T> {
  return { fixed: new Map(), parameter: undefined, value: undefined }
}

/** A slash at the end changes nothing. */
function partsOf(path: string): string[] {
  return path.replace(/^\/|\/$/g, '').split('/')
}

function step<T>(part: Part<T>, text: string): Part<T> {
  if (text.startsWith(':')) {
    part.parameter ??= newPart<T>()
    return part.parameter
  }
  const next = part.fixed.get(text) ?? newPart<T>()
  part.fixed.set(text, next)
  return next
}

function search<T>(part: Part<T>, texts: readonly string[], at: number): T | undefined {
  const text = texts[at]
  if (text === undefined) return part.value
  const fixed = part.fixed.get(text)
  const found = fixed && search(fixed, texts, at + 1)
  if (found !== undefined) return found
  return part.parameter && text !== '' ? search(part.parameter, texts, at + 1) : undefined
}
