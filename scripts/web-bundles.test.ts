import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Chunk {
  readonly file: string
  readonly imports: readonly string[]
  readonly gzipBytes: number
  readonly modules: readonly string[]
}

interface Manifest {
  readonly entries: Record<string, string>
  readonly chunks: Record<string, Chunk>
  readonly loader: Chunk
}

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'edpsych-web-'))
const out = join(folder, 'web')
let manifest: Manifest

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['scripts/build-web.mjs', out], { cwd: root })
  manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Everything a browser fetches before these entries run. */
function firstLoad(...names: string[]): Chunk[] {
  const files = new Set<string>()
  function add(file: string): void {
    if (files.has(file)) return
    files.add(file)
    for (const imported of manifest.chunks[file]?.imports ?? []) add(imported)
  }
  for (const name of names) add(manifest.entries[name] ?? `no entry ${name}`)
  return [...files].map((file) => {
    const chunk = manifest.chunks[file]
    if (!chunk) throw new Error(`the build has no ${file}`)
    return chunk
  })
}

const bytes = (chunks: readonly Chunk[]) => chunks.reduce((sum, chunk) => sum + chunk.gzipBytes, 0)

describe('the size of what a browser loads first (gzip -9)', () => {
  it.each([
    ['the picker in the LMS', ['lti-app', 'picker'], 20_000],
    ['a resource in the LMS', ['lti-app', 'resource'], 20_000],
    ['a resource on any page', ['embed-frame', 'resource'], 20_000],
    ['an assessment in the LMS', ['lti-app', 'assessment'], 29_000],
    ['an assessment on any page', ['embed-frame', 'assessment'], 29_000],
    ['the administration', ['admin-app'], 120_000],
    ['the connections on any page', ['connections'], 40_000],
    ['a connection on any page', ['connection'], 60_000],
    ['the problems on any page', ['problems'], 40_000],
    ['the alerts on any page', ['alerts'], 45_000],
  ])('of %s keeps to its budget', (_, names, budget) => {
    expect(bytes(firstLoad(...names))).toBeLessThanOrEqual(budget)
  })

  it('of the administration brings neither the drawings nor what only some pages need', () => {
    const modules = firstLoad('admin-app').flatMap((chunk) => chunk.modules)

    expect(
      modules.filter((module) => /chart\.js|edpsych-connection|socket\.io/.test(module)),
    ).toEqual([])
  })

  it.each(['connections', 'connection', 'problems', 'alerts'])(
    'of the element for %s brings neither the drawings, nor live news, nor the contract',
    (name) => {
      const modules = firstLoad(name).flatMap((chunk) => chunk.modules)

      expect(
        modules.filter((module) => /chart\.js|socket\.io|node_modules\/zod/.test(module)),
      ).toEqual([])
    },
  )

  it('of the embed loader keeps to its budget', () => {
    const loader = readFileSync(join(out, 'embed', 'loader.js'))

    expect(gzipSync(loader, { level: 9 }).length).toBeLessThanOrEqual(1_900)
  })
})

describe('what reaches a browser', () => {
  it('is no server code, no schema library and no scoring', () => {
    const everything = [...Object.values(manifest.chunks), manifest.loader]
    const modules = everything.flatMap((chunk) => chunk.modules)

    expect(modules.length).toBeGreaterThan(40)
    expect(
      modules.filter((module) => /^backend\/|node_modules\/zod|^shared\/qti\//.test(module)),
    ).toEqual([])
  })

  it('has names that stay for what pages ask for, and names by content for the rest', () => {
    const entries = Object.values(manifest.entries)
    const shared = Object.keys(manifest.chunks).filter((file) => !entries.includes(file))

    expect(manifest.entries).toMatchObject({
      'lti-app': 'assets/lti-app.js',
      'lti-state': 'assets/lti-state.js',
      'embed-frame': 'assets/embed-frame.js',
      'admin-app': 'assets/admin-app.js',
      assessment: 'assets/assessment.js',
    })
    for (const file of shared) expect(file).toMatch(/^assets\/[\w-]+-[\w-]{8}\.js$/)
    // Cached for ever by its looks, an entry could never be replaced.
    for (const file of entries) expect(file).not.toMatch(/-[\w-]{8,}\.js$/)
  })

  it('is one classic script for other people’s pages, with the hash to pin it by', () => {
    const loader = readFileSync(join(out, 'embed', 'loader.js'))
    const pinned = JSON.parse(readFileSync(join(out, 'embed', 'integrity.json'), 'utf8'))

    expect(loader.toString()).not.toMatch(/\b(?:import|export)\b|innerHTML|\beval\b/)
    expect(pinned.integrity).toBe(`sha384-${createHash('sha384').update(loader).digest('base64')}`)
  })

  it('is one stylesheet for pages, with the tokens in it', () => {
    const css = readFileSync(join(out, 'assets', 'site.css'), 'utf8')

    expect(css).toContain('--ep-primary')
    expect(css).not.toContain('@import')
  })
})
