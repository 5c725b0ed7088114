import { describe, expect, it } from 'vitest'
import { isNewerGlibc, lowerGlibc, parseGlibcVersion } from './glibc-patch.ts'

const floor = { major: 2, minor: 36 }

/** The string table of a small object: `offset` finds where a name starts. */
const names = ['', 'libc.so.6', 'GLIBC_2.2.5', 'GLIBC_2.38', '__isoc23_strtol', 'fmod', 'newer']
const strings = Buffer.from(`${names.join('\0')}\0`)
const offset = (name: string) => (name === '' ? 0 : strings.indexOf(`\0${name}\0`) + 1)

const symbolsAt = 0x100
const versionsAt = 0x200
const needsAt = 0x300
const stringsAt = 0x400
const sectionsAt = 0x500

/** An ELF64 object that asks libc for these symbols at these versions (2 = 2.2.5, 3 = 2.38). */
function elfWith(symbols: readonly [name: string, version: number][]): Buffer {
  const elf = Buffer.alloc(0x700)
  elf.writeUInt32BE(0x7f454c46, 0)
  elf[4] = 2
  elf[5] = 1
  elf.writeBigUInt64LE(BigInt(sectionsAt), 0x28)
  elf.writeUInt16LE(64, 0x3a)
  elf.writeUInt16LE(4, 0x3c)
  symbols.forEach(([name, version], i) => {
    elf.writeUInt32LE(offset(name), symbolsAt + i * 24)
    elf.writeUInt16LE(version, versionsAt + i * 2)
  })
  elf.writeUInt16LE(2, needsAt + 2)
  elf.writeUInt32LE(offset('libc.so.6'), needsAt + 4)
  elf.writeUInt32LE(16, needsAt + 8)
  for (const [i, version] of ['GLIBC_2.2.5', 'GLIBC_2.38'].entries()) {
    const at = needsAt + 16 + i * 16
    elf.writeUInt16LE(i + 2, at + 6)
    elf.writeUInt32LE(offset(version), at + 8)
    elf.writeUInt32LE(16, at + 12)
  }
  strings.copy(elf, stringsAt)
  const section = (i: number, type: number, start: number, size: number, link = 0, info = 0) => {
    const at = sectionsAt + i * 64
    elf.writeUInt32LE(type, at + 4)
    elf.writeBigUInt64LE(BigInt(start), at + 24)
    elf.writeBigUInt64LE(BigInt(size), at + 32)
    elf.writeUInt32LE(link, at + 40)
    elf.writeUInt32LE(info, at + 44)
  }
  section(0, 11, symbolsAt, symbols.length * 24, 3)
  section(1, 0x6fffffff, versionsAt, symbols.length * 2)
  section(2, 0x6ffffffe, needsAt, 48, 3, 1)
  section(3, 3, stringsAt, strings.length)
  return elf
}

function symbolAt(elf: Buffer, i: number): [name: string, version: number] {
  const start = stringsAt + elf.readUInt32LE(symbolsAt + i * 24)
  return [
    elf.toString('latin1', start, elf.indexOf(0, start)),
    elf.readUInt16LE(versionsAt + i * 2),
  ]
}

describe('lowerGlibc', () => {
  it('binds the C23 names and the re-versioned ones to the symbols of older glibc', () => {
    const lowered = lowerGlibc(
      elfWith([
        ['__isoc23_strtol', 3],
        ['fmod', 3],
        ['newer', 2],
      ]),
      floor,
    )

    expect(symbolAt(lowered, 0)).toEqual(['strtol', 2])
    expect(symbolAt(lowered, 1)).toEqual(['fmod', 2])
    expect(symbolAt(lowered, 2)).toEqual(['newer', 2])
  })

  it('marks the newer version as weak and the older one not', () => {
    const lowered = lowerGlibc(elfWith([]), floor)

    expect(lowered.readUInt16LE(needsAt + 16 + 4)).toBe(0)
    expect(lowered.readUInt16LE(needsAt + 32 + 4)).toBe(2)
  })

  it('changes nothing where glibc is new enough, and never its input', () => {
    const shipped = elfWith([['fmod', 3]])
    const copy = Buffer.from(shipped)

    expect(lowerGlibc(shipped, { major: 2, minor: 38 })).toEqual(copy)
    lowerGlibc(shipped, floor)
    expect(shipped).toEqual(copy)
  })

  it('refuses a symbol for which no older one is known', () => {
    expect(() => lowerGlibc(elfWith([['newer', 3]]), floor)).toThrow('no older symbol is known')
  })

  it('refuses what is no ELF64 object', () => {
    expect(() => lowerGlibc(Buffer.from('MZ'), floor)).toThrow('not a little-endian ELF64 object')
  })
})

describe('glibc versions', () => {
  it.each([
    ['GLIBC_2.38', { major: 2, minor: 38 }],
    ['2.36', { major: 2, minor: 36 }],
    ['GLIBC_2.2.5', { major: 2, minor: 2 }],
    ['GLIBC_PRIVATE', undefined],
  ])('%s is read as %j', (text, version) => {
    expect(parseGlibcVersion(text)).toEqual(version)
  })

  it('are compared by number, not by text', () => {
    expect(isNewerGlibc({ major: 2, minor: 38 }, { major: 2, minor: 4 })).toBe(true)
    expect(isNewerGlibc({ major: 2, minor: 38 }, { major: 3, minor: 0 })).toBe(false)
  })
})
