import { deserialize, serialize } from 'bson'
import { describe, expect, it } from 'vitest'
import { commandNotFound, createFrameReader, frameReply, readCommand } from './wire-message.ts'

function frame(opCode: number, body: Buffer, requestId = 7): Buffer {
  const header = Buffer.alloc(16)
  header.writeInt32LE(16 + body.length, 0)
  header.writeInt32LE(requestId, 4)
  header.writeInt32LE(opCode, 12)
  return Buffer.concat([header, body])
}

function message(command: object, flags = 0, before: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(flags, 0)
  return frame(2013, Buffer.concat([head, before, Buffer.from([0]), serialize(command)]))
}

function documentSequence(name: string, document: object): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), serialize(document)])
  const head = Buffer.alloc(5)
  head[0] = 1
  head.writeInt32LE(4 + content.length, 1)
  return Buffer.concat([head, content])
}

function query(command: object): Buffer {
  const namespace = Buffer.from('\0\0\0\0admin.$cmd\0')
  return frame(2004, Buffer.concat([namespace, Buffer.alloc(8), serialize(command)]))
}

describe('createFrameReader', () => {
  const one = message({ ping: 1 })
  const two = message({ find: 'things', filter: { a: 'x'.repeat(500) } })

  it.each([1, 3, 16, 40, 10_000])('finds every message in chunks of %i bytes', (size) => {
    const found: Buffer[] = []
    const read = createFrameReader((bytes) => found.push(Buffer.from(bytes)))
    const stream = Buffer.concat([one, two, one, one])

    for (let at = 0; at < stream.length; at += size) read(stream.subarray(at, at + size))

    expect(found).toEqual([one, two, one, one])
  })

  it.each([0, 15, -1, 60_000_000])('refuses a length of %i', (length) => {
    const bad = Buffer.alloc(16)
    bad.writeInt32LE(length, 0)

    expect(() => createFrameReader(() => undefined)(bad)).toThrow(RangeError)
  })
})

describe('readCommand', () => {
  it('names the command of an OP_MSG', () => {
    expect(readCommand(message({ startSession: 1, $db: 'admin' }))).toEqual({
      name: 'startSession',
      isLegacy: false,
    })
  })

  it('looks past a document sequence that comes first', () => {
    const documents = documentSequence('documents', { killSessions: 1 })

    expect(readCommand(message({ insert: 'things' }, 0, documents))?.name).toBe('insert')
  })

  it('names the command of an OP_QUERY', () => {
    expect(readCommand(query({ isMaster: 1 }))).toEqual({ name: 'isMaster', isLegacy: true })
  })

  it.each([
    ['another opcode', frame(2012, Buffer.alloc(20))],
    ['no section', frame(2013, Buffer.alloc(4))],
    ['a sequence of no length', frame(2013, Buffer.from([0, 0, 0, 0, 1, 0, 0, 0, 0]))],
    ['no end of a name', frame(2013, Buffer.from([0, 0, 0, 0, 0, 9, 9, 9, 9, 2, 65, 66]))],
  ])('names nothing in a message with %s', (_, bytes) => {
    expect(readCommand(bytes)).toBeUndefined()
  })
})

describe('frameReply', () => {
  it('answers a command it does not have as a server does', () => {
    const reply = frameReply(commandNotFound(message({ endSessions: [] }), 'endSessions'), 3)

    expect(reply.readInt32LE(0)).toBe(reply.length)
    expect(reply.readInt32LE(4)).toBe(3)
    expect(reply.readInt32LE(8)).toBe(7)
    expect(reply.readInt32LE(12)).toBe(2013)
    expect(deserialize(reply.subarray(21))).toEqual({
      ok: 0,
      code: 59,
      codeName: 'CommandNotFound',
      errmsg: "the embedded engine does not support 'endSessions'",
    })
  })

  it('frames an answer to a legacy handshake as OP_REPLY with one document', () => {
    const response = serialize({ ok: 1 })
    const reply = frameReply({ requestId: 9, moreToCome: false, legacy: true, response }, 4)

    expect(reply.readInt32LE(12)).toBe(1)
    expect(reply.readInt32LE(32)).toBe(1)
    expect(deserialize(reply.subarray(36))).toEqual({ ok: 1 })
  })

  it('knows from the flags that no answer is wanted', () => {
    expect(commandNotFound(message({ endSessions: [] }, 2), 'endSessions').moreToCome).toBe(true)
  })
})
