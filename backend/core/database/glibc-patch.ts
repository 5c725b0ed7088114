/**
 * Symbols that glibc 2.38 renamed for C23 (`__isoc23_strtol`) or gave a new version (`fmod`).
 * The older ones have the same prototype; only the parsing of a `0b` prefix differs.
 */
const c23Prefix = '__isoc23_'
const sameInOlder = new Set(['fmod'])
const baseVersion = 'GLIBC_2.2.5'
const sectionType = { dynamicSymbols: 11, versionNeeds: 0x6ffffffe, symbolVersions: 0x6fffffff }
const weak = 2
const symbolSize = 24
/** The highest bit of a symbol's version says that it is hidden. */
const versionMask = 0x7fff

export interface GlibcVersion {
  readonly major: number
  readonly minor: number
}

interface Section {
  readonly type: number
  readonly offset: number
  readonly size: number
  readonly link: number
  readonly info: number
}

/** One `GLIBC_x.y` that the object asks of one library. */
interface VersionNeed {
  readonly library: string
  readonly version: string
  readonly index: number
  readonly flagsOffset: number
}

export function parseGlibcVersion(text: string): GlibcVersion | undefined {
  const match = /^(?:GLIBC_)?(\d+)\.(\d+)/.exec(text)
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined
}

export function isNewerGlibc(version: GlibcVersion, than: GlibcVersion): boolean {
  return version.major === than.major ? version.minor > than.minor : version.major > than.major
}

/** A copy of an ELF64 x86-64 object whose needs above `floor` are bound to the symbols of older glibc. */
export function lowerGlibc(shipped: Buffer, floor: GlibcVersion): Buffer {
  const elf = Buffer.from(shipped)
  const sections = readSections(elf)
  const symbols = sectionOf(sections, sectionType.dynamicSymbols)
  const versions = sectionOf(sections, sectionType.symbolVersions)
  const names = sections[symbols.link]
  if (!names) throw new Error('the ELF object has no string table for its dynamic symbols')
  const nameAt = (offset: number) => readText(elf, names.offset + offset)

  const needs = readVersionNeeds(elf, sectionOf(sections, sectionType.versionNeeds), nameAt)
  const base = new Map(
    needs.filter((need) => need.version === baseVersion).map((need) => [need.library, need.index]),
  )
  const tooNew = needs.filter((need) => asksMoreThan(floor, need))
  // The loader refuses an unknown version unless the need is marked weak.
  for (const { flagsOffset } of tooNew) {
    elf.writeUInt16LE(elf.readUInt16LE(flagsOffset) | weak, flagsOffset)
  }

  const libraries = new Map(tooNew.map((need) => [need.index, need.library]))
  for (let i = 0; i < symbols.size / symbolSize; i++) {
    const versionOffset = versions.offset + i * 2
    const library = libraries.get(elf.readUInt16LE(versionOffset) & versionMask)
    if (library === undefined) continue
    const older = base.get(library)
    if (older === undefined) throw new Error(`${library} is asked for no symbol of ${baseVersion}`)
    renameToOlder(elf, symbols.offset + i * symbolSize, nameAt)
    elf.writeUInt16LE(older, versionOffset)
  }
  return elf
}

function asksMoreThan(floor: GlibcVersion, need: VersionNeed): boolean {
  if (!need.version.startsWith('GLIBC_')) return false
  const version = parseGlibcVersion(need.version)
  return version !== undefined && isNewerGlibc(version, floor)
}

/** The older name is the end of the newer one, so the symbol only starts later in the string table. */
function renameToOlder(elf: Buffer, symbolOffset: number, nameAt: (offset: number) => string) {
  const nameOffset = elf.readUInt32LE(symbolOffset)
  const name = nameAt(nameOffset)
  if (sameInOlder.has(name)) return
  if (!name.startsWith(c23Prefix)) throw new Error(`no older symbol is known for ${name}`)
  elf.writeUInt32LE(nameOffset + c23Prefix.length, symbolOffset)
}

function readSections(elf: Buffer): Section[] {
  const isElf64Little = elf.length > 64 && elf.readUInt32BE(0) === 0x7f454c46 && elf[4] === 2
  if (!isElf64Little || elf[5] !== 1) throw new Error('not a little-endian ELF64 object')
  const start = Number(elf.readBigUInt64LE(0x28))
  const entrySize = elf.readUInt16LE(0x3a)
  const count = elf.readUInt16LE(0x3c)
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * entrySize
    return {
      type: elf.readUInt32LE(at + 4),
      offset: Number(elf.readBigUInt64LE(at + 24)),
      size: Number(elf.readBigUInt64LE(at + 32)),
      link: elf.readUInt32LE(at + 40),
      info: elf.readUInt32LE(at + 44),
    }
  })
}

function sectionOf(sections: readonly Section[], type: number): Section {
  const found = sections.find((section) => section.type === type)
  if (!found) throw new Error(`the ELF object has no section of type ${type}`)
  return found
}

function readText(elf: Buffer, start: number): string {
  return elf.toString('latin1', start, elf.indexOf(0, start))
}

/** Verneed entries form a list of libraries, each with its own list of versions (gABI, symbol versioning). */
function readVersionNeeds(
  elf: Buffer,
  section: Section,
  nameAt: (offset: number) => string,
): VersionNeed[] {
  const needs: VersionNeed[] = []
  let at = section.offset
  for (let i = 0; i < section.info; i++) {
    const library = nameAt(elf.readUInt32LE(at + 4))
    let entry = at + elf.readUInt32LE(at + 8)
    for (let j = 0; j < elf.readUInt16LE(at + 2); j++) {
      needs.push({
        library,
        version: nameAt(elf.readUInt32LE(entry + 8)),
        index: elf.readUInt16LE(entry + 6),
        flagsOffset: entry + 4,
      })
      entry += elf.readUInt32LE(entry + 12)
    }
    at += elf.readUInt32LE(at + 12)
  }
  return needs
}
