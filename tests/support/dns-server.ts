import { createSocket } from 'node:dgram'
import { once } from 'node:events'

export interface DnsServer {
  readonly address: string
  /** Values of TXT records by name. */
  readonly records: Map<string, string>
  stop(): Promise<void>
}

const noSuchName = 3
const text = 16

/** A DNS server on loopback that knows TXT records and nothing else (RFC 1035 §4). */
export async function startDnsServer(): Promise<DnsServer> {
  const records = new Map<string, string>()
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    socket.send(answer(query, records), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    records,
    async stop() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

function answer(query: Buffer, records: ReadonlyMap<string, string>): Buffer {
  const { name, end } = readName(query)
  const question = query.subarray(12, end + 4)
  const value = records.get(name)
  const isKnown = value !== undefined && query.readUInt16BE(end) === text
  const header = Buffer.alloc(12)
  query.copy(header, 0, 0, 2)
  header.writeUInt16BE(0x8580 | (isKnown ? 0 : noSuchName), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(isKnown ? 1 : 0, 6)
  if (!isKnown) return Buffer.concat([header, question])
  const data = Buffer.from(value)
  const record = Buffer.alloc(12)
  // The name of the question, by its place.
  record.writeUInt16BE(0xc00c, 0)
  record.writeUInt16BE(text, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt16BE(data.length + 1, 10)
  return Buffer.concat([header, question, record, Buffer.from([data.length]), data])
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length))
    at += length + 1
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}
