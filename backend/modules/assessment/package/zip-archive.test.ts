import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { centralField, withBytes, withCentralField, zipOf } from '../../../../tests/support/zip.ts'
import { openZip } from './zip-archive.ts'

async function refusalOf(zip: Buffer): Promise<string> {
  try {
    const archive = await openZip(zip, 'pack.zip')
    archive.close()
  } catch (error) {
    expect(error).toMatchObject({ code: 'package_refused', status: 422 })
    return error instanceof Error ? error.message : ''
  }
  throw new Error('it was opened')
}

async function read(zip: Buffer, path: string): Promise<Buffer | undefined> {
  const archive = await openZip(zip, 'pack.zip')
  try {
    return await archive.entries.get(path)?.read()
  } finally {
    archive.close()
  }
}

const random = (bytes: number) => randomBytes(bytes)

describe('openZip', () => {
  it('lists the files by plain paths and reads them', async () => {
    const zip = await zipOf({ 'a/': '', 'a/b.txt': 'hello', 'c.txt': '' })
    const archive = await openZip(zip, 'pack.zip')

    expect([...archive.entries.keys()]).toEqual(['a/b.txt', 'c.txt'])
    expect((await archive.entries.get('a/b.txt')?.read())?.toString()).toBe('hello')
    archive.close()
  })

  it('takes the backslashes of some archivers for slashes', async () => {
    const zip = withBytes(await zipOf({ 'a_b.txt': 'x' }), 'a_b.txt', 'a\\b.txt')

    expect(await read(zip, 'a/b.txt')).toEqual(Buffer.from('x'))
  })

  it.each([
    ['outside the package', 'xxxevil.xml', '../evil.xml', 'invalid relative path'],
    ['outside, further in', 'aaaaaaaaa.xml', 'a/../../b.xml', 'invalid relative path'],
    ['outside, with backslashes', 'xxxevil.xml', '..\\evil.xml', 'invalid relative path'],
    ['absolute', 'xevil.xml', '/evil.xml', 'absolute path'],
    ['on a drive', 'xxevil.xml', 'C:evil.xml', 'absolute path'],
    ['with a zero in its name', 'evilx.xml', 'evil\0.xml', 'is not acceptable'],
    ['without a name', 'xx', './', 'is not acceptable'],
  ])('refuses an entry %s', async (_what, honest, hostile, reason) => {
    expect(await refusalOf(withBytes(await zipOf({ [honest]: 'x' }), honest, hostile))).toContain(
      reason,
    )
  })

  it.each([
    ['the same', 'a.xml', 'b.xml', 'a.xml'],
    ['the same apart from case', 'a.xml', 'b.xml', 'A.XML'],
    ['the same apart from a dot folder', 'a.xml', 'xxa.xml', './a.xml'],
  ])('refuses two entries whose names are %s', async (_what, one, other, disguise) => {
    const zip = withBytes(await zipOf({ [one]: '1', [other]: '2' }), other, disguise)

    expect(await refusalOf(zip)).toContain('two entries are called "a.xml"')
  })

  it('refuses a symbolic link and any other special file', async () => {
    for (const mode of [0o120777, 0o010666, 0o060666]) {
      expect(await refusalOf(await zipOf({ link: '/etc/passwd' }, { mode }))).toContain(
        'symbolic link or another special file',
      )
    }
  })

  it('refuses an encrypted entry', async () => {
    const zip = withCentralField(
      await zipOf({ 'a.xml': 'x' }),
      0,
      centralField.flags,
      (flags) => flags | 1,
    )

    expect(await refusalOf(zip)).toContain('"a.xml" is encrypted')
  })

  it('refuses a file that unpacks to far more than its size', async () => {
    expect(await refusalOf(await zipOf({ 'bomb.xml': Buffer.alloc(8 * 1024 * 1024) }))).toContain(
      '"bomb.xml" unpacks to more than 100 times its size',
    )
  })

  it('refuses many small bombs', async () => {
    const bomb = Buffer.alloc(900 * 1024)
    const zip = await zipOf({ 'a.xml': bomb, 'b.xml': bomb, 'c.xml': bomb })

    expect(await refusalOf(zip)).toContain('it unpacks to more than 100 times its size')
  })

  it('does not mistake a small repetitive file for a bomb', async () => {
    expect(await read(await zipOf({ 'a.xml': ' '.repeat(200_000) }), 'a.xml')).toHaveLength(200_000)
  })

  it('refuses a file that says it unpacks to too much', async () => {
    const zip = withCentralField(
      await zipOf({ a: random(1000) }),
      0,
      centralField.uncompressedSize,
      () => 60 * 1024 * 1024,
    )

    expect(await refusalOf(zip)).toContain('unpacks to more than 50 MB')
  })

  it('refuses a package that says it unpacks to too much', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 6 }, (_, n) => [`f${n}`, random(500_000)]),
    )
    let zip = await zipOf(files, { compress: false })
    for (let n = 0; n < 6; n += 1) {
      zip = withCentralField(zip, n, centralField.method, () => 8)
      zip = withCentralField(zip, n, centralField.uncompressedSize, () => 45 * 1024 * 1024)
    }

    expect(await refusalOf(zip)).toContain('it unpacks to more than 250 MB')
  })

  it('refuses more than 5,000 entries', async () => {
    const files = Object.fromEntries(Array.from({ length: 5001 }, (_, n) => [`f${n}`, '']))

    expect(await refusalOf(await zipOf(files, { compress: false }))).toContain(
      'it has more than 5000 entries',
    )
  })

  it('refuses entries that share their bytes', async () => {
    const zip = withCentralField(
      await zipOf({ 'a.bin': random(500), 'b.bin': random(500) }),
      1,
      centralField.localHeader,
      () => 0,
    )

    expect(await refusalOf(zip)).toContain('its entries overlap')
  })

  it('refuses what only begins like a zip', async () => {
    expect(await refusalOf(Buffer.from('PK\x03\x04 not really'))).toContain('pack.zip is refused')
    const whole = await zipOf({ 'a.xml': random(5000) })
    expect(await refusalOf(whole.subarray(0, 3000))).toContain('pack.zip is refused')
  })

  it('finds out a file that unpacks to more than it says', async () => {
    const zip = withCentralField(
      await zipOf({ 'a.xml': 'x'.repeat(5000) }),
      0,
      centralField.uncompressedSize,
      () => 10,
    )

    await expect(read(zip, 'a.xml')).rejects.toMatchObject({ code: 'item_refused' })
  })

  it('finds out a file whose checksum is wrong', async () => {
    const zip = withCentralField(
      await zipOf({ 'a.xml': 'x' }),
      0,
      centralField.crc32,
      (crc) => (crc + 1) >>> 0,
    )

    await expect(read(zip, 'a.xml')).rejects.toThrow('its checksum does not match')
  })

  it('finds out a way of packing it cannot undo', async () => {
    const zip = withCentralField(await zipOf({ 'a.xml': 'x' }), 0, centralField.method, () => 12)

    await expect(read(zip, 'a.xml')).rejects.toThrow('damaged: it cannot be unpacked')
  })
})
