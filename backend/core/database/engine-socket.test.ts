import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { deserialize, serialize } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EngineServer, serveEngine } from './engine-socket.ts'
import { readCommand } from './wire-message.ts'

let folder = ''
let served: EngineServer
let asked: string[] = []
let answerAfterMs = 0
const clients: Socket[] = []

/** Stands for the native engine: it answers its command's name, late if it is told to. */
const engine = {
  async roundTrip(message: Buffer) {
    const name = readCommand(message)?.name ?? 'nothing'
    asked.push(name)
    await delay(answerAfterMs)
    const requestId = message.readInt32LE(4)
    return { requestId, moreToCome: false, legacy: false, response: serialize({ ok: 1, name }) }
  },
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edpsych-socket-'))
  asked = []
  answerAfterMs = 0
  served = serveEngine(engine)
  await new Promise<void>((resolve) => served.server.listen(join(folder, 's'), resolve))
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  served.server.close()
  await rm(folder, { recursive: true, force: true })
})

async function client(): Promise<{
  send: (bytes: Buffer) => void
  received: () => Buffer
  socket: Socket
}> {
  const socket = connect(join(folder, 's'))
  clients.push(socket)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => undefined)
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  return {
    send: (bytes) => void socket.write(bytes),
    received: () => Buffer.concat(chunks),
    socket,
  }
}

function message(requestId: number, command: object, opCode = 2013): Buffer {
  const body = serialize(command)
  const head =
    opCode === 2013
      ? Buffer.alloc(5)
      : Buffer.concat([Buffer.from('\0\0\0\0admin.$cmd\0'), Buffer.alloc(8)])
  const header = Buffer.alloc(16)
  header.writeInt32LE(16 + head.length + body.length, 0)
  header.writeInt32LE(requestId, 4)
  header.writeInt32LE(opCode, 12)
  return Buffer.concat([header, head, body])
}

function replies(bytes: Buffer): { to: number; document: object }[] {
  const found: { to: number; document: object }[] = []
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) {
    const frame = bytes.subarray(at, at + bytes.readInt32LE(at))
    found.push({ to: frame.readInt32LE(8), document: deserialize(frame.subarray(21)) })
  }
  return found
}

describe('the socket of the engine', () => {
  it('answers each connection in the order of its requests', async () => {
    const { send, received } = await client()

    send(
      Buffer.concat([message(1, { ping: 1 }), message(2, { find: 'a' }), message(3, { hello: 1 })]),
    )

    await expect.poll(() => replies(received()).map(({ to }) => to)).toEqual([1, 2, 3])
  })

  it('keeps from the engine what would end it', async () => {
    const { send, received } = await client()

    send(message(1, { startSession: 1 }))
    send(message(2, { ping: 1 }))

    await expect.poll(() => replies(received()).length).toBe(2)
    expect(replies(received())).toMatchObject([
      { to: 1, document: { ok: 0, codeName: 'CommandNotFound' } },
      { to: 2, document: { ok: 1, name: 'ping' } },
    ])
    expect(asked).toEqual(['ping'])
  })

  it.each([
    ['a session command in the old form', message(1, { startSession: 1 }, 2004)],
    ['a compressed message', message(1, { startSession: 1 }, 2012)],
    ['what is not the wire protocol', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ])('drops a connection that sends %s', async (_, bytes) => {
    const { send, socket } = await client()
    const closed = new Promise((resolve) => socket.once('close', resolve))

    send(bytes)

    await closed
    expect(asked).toEqual([])
  })

  it('passes a handshake in the old form on', async () => {
    const { send } = await client()

    send(message(1, { isMaster: 1 }, 2004))

    await expect.poll(() => asked).toEqual(['isMaster'])
  })

  it('answers what was asked before it ends its connections', async () => {
    answerAfterMs = 50
    const { send, received, socket } = await client()
    const closed = new Promise((resolve) => socket.once('close', resolve))
    send(message(1, { insert: 'a' }))
    await expect.poll(() => asked).toEqual(['insert'])

    await served.drain()
    await closed

    expect(replies(received())).toMatchObject([{ to: 1, document: { ok: 1 } }])
  })
})
