import type { AddressInfo } from 'node:net'
import express from 'express'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { mongo } from 'mongoose'

/**
 * The floor of launches: three requests that do what our launch asks of the database – an insert at the
 * launch, an atomic update at the session – and one signature check. Nothing else: no seal, no other check,
 * no header, the keys in memory.
 */
const { BENCH_MONGODB_URI = '', BENCH_JWKS = '' } = process.env
interface Row {
  _id: string
  launch: object
  openedAt: Date | null
}
// As the product connects to its own engine: acknowledged means on disk.
const client = await new mongo.MongoClient(BENCH_MONGODB_URI, {
  writeConcern: { w: 1, journal: true },
}).connect()
const db = client.db('floor')
const launches = db.collection<Row>('launches')
// The bench itself wrote this key set into the environment just before.
const jwks = createLocalJWKSet(JSON.parse(BENCH_JWKS) as JSONWebKeySet)

const app = express()
app.get('/login', (_req, res) => {
  res.redirect(302, '/launch')
})
app.post('/launch', express.urlencoded({ extended: false, limit: '256kb' }), async (req, res) => {
  const { payload } = await jwtVerify(req.body.id_token, jwks, { algorithms: ['RS256'] })
  await launches.insertOne({ _id: req.body.state, launch: payload, openedAt: null })
  res.redirect(303, '/app')
})
app.post('/session', express.json({ limit: '8kb' }), async (req, res) => {
  const launch = await launches.findOneAndUpdate(
    { _id: req.body.code, openedAt: null },
    { $set: { openedAt: new Date() } },
  )
  res.json({ token: 'x', launch })
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
