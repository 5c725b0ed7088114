/** One part of a path: what follows a fixed text, and what follows a parameter. */
interface Part<T> {
  readonly fixed: Map<string, Part<T>>
  parameter: Part<T> | undefined
  found: { readonly value: T; readonly names: readonly string[] } | undefined
}

export interface FoundRoute<T> {
  readonly value: T
  /** Decoded. */
  readonly params: Record<string, string>
}

export type RouteTable<T> = ReturnType<typeof createRouteTable<T>>

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
      const names: string[] = []
      for (const text of partsOf(path)) {
        if (text.startsWith(':')) names.push(text.slice(1))
        part = step(part, text)
      }
      part.found = { value, names }
    },
    /** Throws `URIError` where a parameter holds a broken percent-encoding. */
    find(path: string): FoundRoute<T> | undefined {
      const given: string[] = []
      const found = search(root, partsOf(path), 0, given)
      if (!found) return undefined
      const params: Record<string, string> = {}
      for (const [index, name] of found.names.entries()) {
        params[name] = decodeURIComponent(given[index] ?? '')
      }
      return { value: found.value, params }
    },
  }
}

function newPart<T>(): Part<T> {
  return { fixed: new Map(), parameter: undefined, found: undefined }
}

/** A slash at the end changes nothing. */
function partsOf(path: string): string[] {
  const from = path.startsWith('/') ? 1 : 0
  const to = path.endsWith('/') ? path.length - 1 : path.length
  return path.slice(from, to).split('/')
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

/** Fills `given` with the texts of the parameters on the way. */
function search<T>(
  part: Part<T>,
  texts: readonly string[],
  at: number,
  given: string[],
): Part<T>['found'] {
  const text = texts[at]
  if (text === undefined) return part.found
  const fixed = part.fixed.get(text)
  const found = fixed && search(fixed, texts, at + 1, given)
  if (found !== undefined) return found
  if (!part.parameter || text === '') return undefined
  given.push(text)
  const below = search(part.parameter, texts, at + 1, given)
  if (below === undefined) given.pop()
  return below
}
