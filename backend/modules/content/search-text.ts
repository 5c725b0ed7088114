const wordLimit = 10

/** Text in the form in which it is compared: lower case, without accents. */
export function plainText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** What a search looks into; kept beside the resource because a collation would have to differ per engine. */
export function searchTextOf(resource: {
  readonly name: string
  readonly description: string
  readonly about: readonly string[]
}): string {
  return plainText([resource.name, resource.description, ...resource.about].join('\n'))
}

/** One pattern per word of the query; all of them must be found, in any order. */
export function searchPatterns(query: string | undefined): string[] {
  const words = plainText(query ?? '').split(/\s+/)
  return words
    .filter((word) => word !== '')
    .slice(0, wordLimit)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
}
