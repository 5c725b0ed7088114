import { serialize } from 'bson'

/** MongoDB wire protocol opcodes. */
const opCode = { reply: 1, query: 2004, message: 2013 } as const
const headerLength = 16
const largestFrame = 50_000_000
const moreToComeFlag = 2

/** One answer of the engine, with what is needed to frame it. */
export interface EngineReply {
  readonly requestId: number
  readonly moreToCome: boolean
  readonly legacy: boolean
  readonly response: Uint8Array
}

/**
 * Cuts a byte stream into wire messages. The function returned takes the chunks as they come and
 * throws on a length no driver sends, after which the connection must be dropped.
 */
export function createFrameReader(onFrame: (frame: Buffer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let received = 0
  let wanted = headerLength

  return (chunk) => {
    chunks.push(chunk)
    received += chunk.length
    // Joined only when complete: joining at each chunk would copy a 15 MB document 200 times.
    if (received < wanted) return
    let rest = chunks.length === 1 ? chunk : Buffer.concat(chunks)
    wanted = frameLength(rest)
    while (wanted <= rest.length) {
      onFrame(rest.subarray(0, wanted))
      rest = rest.subarray(wanted)
      wanted = frameLength(rest)
    }
    chunks = rest.length > 0 ? [rest] : []
    received = rest.length
  }
}

/** Bytes that the next message needs: a header while its length is not known. */
function frameLength(bytes: Buffer): number {
  if (bytes.length < headerLength) return headerLength
  const length = bytes.readInt32LE(0)
  if (length < headerLength || length > largestFrame) {
    throw new RangeError(`a wire message of ${length} bytes`)
  }
  return length
}

/** Name of the command a message carries and whether it came in the old OP_QUERY form. */
export function readCommand(frame: Buffer): { name: string; isLegacy: boolean } | undefined {
  const code = frame.readInt32LE(12)
  if (code === opCode.message) return named(nameInMessage(frame), false)
  if (code === opCode.query) return named(nameInQuery(frame), true)
  return undefined
}

function named(name: string | undefined, isLegacy: boolean) {
  return name === undefined ? undefined : { name, isLegacy }
}

/** OP_MSG: flags, then sections; kind 0 is the one document that holds the command. */
function nameInMessage(frame: Buffer): string | undefined {
  let at = headerLength + 4
  while (at + 5 <= frame.length) {
    const kind = frame[at]
    const length = frame.readInt32LE(at + 1)
    if (kind === 0) return firstField(frame, at + 1)
    if (kind !== 1 || length < 4) return undefined
    at += 1 + length
  }
  return undefined
}

/** OP_QUERY: flags, collection name, two integers, then the document. */
function nameInQuery(frame: Buffer): string | undefined {
  const end = frame.indexOf(0, headerLength + 4)
  return end === -1 ? undefined : firstField(frame, end + 1 + 8)
}

function firstField(frame: Buffer, documentAt: number): string | undefined {
  const nameAt = documentAt + 5
  const end = frame.indexOf(0, nameAt)
  return end === -1 ? undefined : frame.toString('latin1', nameAt, end)
}

/** The answer a server gives to a command it does not have. */
export function commandNotFound(frame: Buffer, name: string): EngineReply {
  return {
    requestId: frame.readInt32LE(4),
    moreToCome: (frame.readUInt32LE(headerLength) & moreToComeFlag) !== 0,
    legacy: false,
    response: serialize({
      ok: 0,
      errmsg: `the embedded engine does not support '${name}'`,
      code: 59,
      codeName: 'CommandNotFound',
    }),
  }
}

/** The bytes of one answer: OP_MSG, or OP_REPLY to a legacy handshake. */
export function frameReply(reply: EngineReply, replyId: number): Buffer {
  const prefix = reply.legacy ? headerLength + 20 : headerLength + 5
  const frame = Buffer.alloc(prefix + reply.response.length)
  frame.writeInt32LE(frame.length, 0)
  frame.writeInt32LE(replyId, 4)
  frame.writeInt32LE(reply.requestId, 8)
  frame.writeInt32LE(reply.legacy ? opCode.reply : opCode.message, 12)
  if (reply.legacy) frame.writeInt32LE(1, headerLength + 16)
  frame.set(reply.response, prefix)
  return frame
}

/** A wire message that carries one command. */
export function commandMessage(command: Readonly<Record<string, unknown>>): Buffer {
  const body = serialize(command)
  const head = Buffer.alloc(headerLength + 5)
  head.writeInt32LE(head.length + body.length, 0)
  head.writeInt32LE(1, 4)
  head.writeInt32LE(opCode.message, 12)
  return Buffer.concat([head, body])
}
