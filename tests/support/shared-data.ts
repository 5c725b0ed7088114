import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A folder of the test data that lies beside the repository, where there is any. */
export function sharedData(folder: string): string | null {
  const path = fileURLToPath(new URL(`../../../shared/data/${folder}/`, import.meta.url))
  if (existsSync(path)) return path
  process.stderr.write(`skipped: no test data at ../shared/data/${folder}\n`)
  return null
}

/** The files below a folder with one of the endings, as paths relative to it. */
export function filesIn(folder: string | null, endings: readonly string[]): string[] {
  if (folder === null) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => endings.some((ending) => path.toLowerCase().endsWith(ending)))
    .toSorted((a, b) => a.localeCompare(b))
}
