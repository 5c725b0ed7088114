#!/usr/bin/env node
// Verifies an exported audit trail without the server it came from: node verify-audit.mjs trail.ndjson [key.pem]
// The first line of the file holds the public key and the signed checkpoints, each further line one entry.
// Give the key that you kept yourself as key.pem: a forger could put another one into the file.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [, , file, keyFile] = process.argv
if (!file) {
  console.error('Usage: node verify-audit.mjs trail.ndjson [key.pem]')
  process.exit(2)
}

const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** The one JSON text of a value: members sorted by name, no white space. */
function canonical(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const names = Object.keys(value).sort((a, b) => (a < b ? -1 : 1))
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

const problems = []
let head
let key
let last = { seq: 0, hash: '0'.repeat(64) }
const signed = new Map()

for await (const line of createInterface({ input: createReadStream(file, 'utf8') })) {
  if (line === '') continue
  const row = JSON.parse(line)
  if (!head) {
    head = row
    key = createPublicKey(keyFile ? readFileSync(keyFile) : row.publicKey)
    readCheckpoints(row.checkpoints)
    continue
  }
  const { prevHash, hash, ...content } = row
  if (row.seq !== last.seq + 1)
    problems.push(`entry ${last.seq + 1} is missing or out of its place`)
  if (sha256(prevHash, canonical(content)) !== hash) problems.push(`entry ${row.seq} was changed`)
  if (prevHash !== last.hash) problems.push(`entry ${row.seq} does not follow entry ${last.seq}`)
  if (signed.has(row.seq) && signed.get(row.seq) !== hash)
    problems.push(`entry ${row.seq} is not the one that a checkpoint signed`)
  last = { seq: row.seq, hash }
}

/** Each checkpoint is signed and names the one before, so that none can be left out. */
function readCheckpoints(checkpoints) {
  let previous = '0'.repeat(64)
  for (const { tenantId, no, seq, hash, at, keyId, previous: named, signature } of checkpoints) {
    const text = canonical({ tenantId, no, seq, hash, at, keyId, previous: named })
    const isOurs = verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
    if (!isOurs) problems.push(`the signature of checkpoint ${no} is false`)
    if (named !== previous) problems.push(`a checkpoint before number ${no} is missing`)
    if (isOurs) signed.set(seq, hash)
    previous = sha256(signature)
  }
}

const promised = Math.max(0, ...signed.keys())
if (promised > last.seq) problems.push(`entries ${last.seq + 1} to ${promised} are missing`)
for (const problem of problems.slice(0, 100)) console.log(problem)
console.log(
  problems.length === 0
    ? `The trail is whole: ${last.seq} entries, ${signed.size} signed checkpoints; signed up to entry ${promised}.`
    : `The trail was tampered with or damaged: ${problems.length} problems.`,
)
process.exit(problems.length === 0 ? 0 : 1)
