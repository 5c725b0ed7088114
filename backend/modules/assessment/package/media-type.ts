/** What an item may show or play, told by the first bytes; a file's name is not believed. */
const signatures: readonly {
  readonly type: string
  readonly matches: (head: Buffer) => boolean
}[] = [
  { type: 'image/png', matches: startsWith('89504e470d0a1a0a') },
  { type: 'image/jpeg', matches: startsWith('ffd8ff') },
  { type: 'image/gif', matches: startsWith('474946383761', '474946383961') },
  { type: 'image/webp', matches: (head) => riff(head) === 'WEBP' },
  { type: 'audio/wav', matches: (head) => riff(head) === 'WAVE' },
  { type: 'audio/mpeg', matches: startsWith('494433', 'fffb', 'fff3', 'fff2', 'fffa') },
  { type: 'audio/ogg', matches: startsWith('4f676753') },
  { type: 'audio/mp4', matches: (head) => /^M4[AB]/.test(brand(head) ?? '') },
  { type: 'video/mp4', matches: (head) => brand(head) !== undefined },
  { type: 'video/webm', matches: startsWith('1a45dfa3') },
  { type: 'text/vtt', matches: startsWith('574542565454', 'efbbbf574542565454') },
]

export function mediaType(bytes: Buffer): string | null {
  const head = bytes.subarray(0, 16)
  return signatures.find(({ matches }) => matches(head))?.type ?? null
}

/** A picture that can carry script and styles; told apart to say so. */
export function isSvg(bytes: Buffer): boolean {
  return /<(\w+:)?svg[\s>]/.test(bytes.subarray(0, 4096).toString('latin1'))
}

function startsWith(...hex: readonly string[]): (head: Buffer) => boolean {
  return (head) => hex.some((one) => head.toString('hex').startsWith(one))
}

function riff(head: Buffer): string | undefined {
  return head.toString('latin1', 0, 4) === 'RIFF' ? head.toString('latin1', 8, 12) : undefined
}

function brand(head: Buffer): string | undefined {
  return head.toString('latin1', 4, 8) === 'ftyp' ? head.toString('latin1', 8, 12) : undefined
}
