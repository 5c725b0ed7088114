import { isItemResource, type ManifestResource } from './read-manifest.ts'

/**
 * Says why a file of a package, which is neither item nor manifest, is imported with no item;
 * `skipped` are the files that were to be items and are not.
 */
export function reasonsNotUsed(
  resources: readonly ManifestResource[],
  skipped: ReadonlySet<string>,
): (path: string) => string {
  const owners = new Map<string, string>()
  for (const { href, files } of resources.filter(isItemResource)) {
    if (href !== null && skipped.has(href)) for (const file of files) owners.set(file, href)
  }
  return (path) => {
    if (/\.(zip|imscc)$/i.test(path)) return 'a package inside a package is not opened'
    if (/\.css$/i.test(path)) return 'style sheets are not applied'
    const owner = owners.get(path)
    return owner === undefined
      ? 'not referenced by any item'
      : `belongs to ${owner}, which is not imported`
  }
}
