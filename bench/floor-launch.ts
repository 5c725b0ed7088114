import type { AddressInfo } from 'node:net'
import express from 'express'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { mongo } from 'mongoose'

/**
 * The floor of launches: three requests that do what our launch asks of the database – a read and an
 * insert at login; two reads and an update at the launch; an update and an insert at the session – and
 * one signature check. Nothing else: no mongoose, no other check, no header, the keys in memory.
 */
const { BENCH_MONGODB_URI = '', BENCH_JWKS = '' } = process.env
interface Row {
  _id: string
  name?: string
  usedAt?: Date
  codeUsedAt?: Date
}
// As the product connects to its own engine: acknowledged means on disk.
const client = await new mongo.MongoClient(BENCH_MONGODB_URI, {
  writeConcern: { w: 1, journal: true },
}).connect()
const db = client.db('floor')
const logins = db.collection<Row>('logins')
const platforms = db.collection<Row>('platforms')
const sessions = db.collection<Row>('sessions')
await platforms.updateOne({ _id: 'p' }, { $set: { name: 'bench' } }, { upsert: true })
// The bench itself wrote this key set into the environment just before.
const jwks = createLocalJWKSet(JSON.parse(BENCH_JWKS) as JSONWebKeySet)

const app = express()
app.get('/login', async (req, res) => {
  await platforms.findOne({ _id: 'p' })
  await logins.insertOne({ _id: String(req.query['state']) })
  res.redirect(302, '/launch')
})
app.post('/launch', express.urlencoded({ extended: false, limit: '256kb' }), async (req, res) => {
  await logins.findOne({ _id: req.body.state })
  await platforms.findOne({ _id: 'p' })
  await jwtVerify(req.body.id_token, jwks, { algorithms: ['RS256'] })
  await logins.updateOne({ _id: req.body.state }, { $set: { usedAt: new Date() } })
  res.redirect(303, '/app')
})
app.post('/session', express.json({ limit: '8kb' }), async (req, res) => {
  await logins.findOneAndUpdate({ _id: req.body.code }, { $set: { codeUsedAt: new Date() } })
  await sessions.insertOne({ _id: `${req.body.code}-session` })
  res.json({ token: 'x' })
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
