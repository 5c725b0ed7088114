import type { AddressInfo } from 'node:net'
import express from 'express'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import mongoose, { Schema } from 'mongoose'

/**
 * The floor of launches: three requests that do what our launch asks of the database – a read and an
 * insert at login; two reads and an atomic update at the launch; an atomic update and an insert at
 * the session – and one signature check. Nothing else.
 */
const { BENCH_MONGODB_URI = '', BENCH_JWKS = '' } = process.env
await mongoose.connect(BENCH_MONGODB_URI, {
  dbName: 'floor',
  writeConcern: { w: 'majority', journal: true },
})
const options = { autoIndex: false, autoCreate: false, strict: false }
const Login = mongoose.model('FloorLogin', new Schema({ _id: String }, options))
const Platform = mongoose.model('FloorPlatform', new Schema({ _id: String }, options))
const Session = mongoose.model('FloorSession', new Schema({ _id: String }, options))
await Platform.updateOne({ _id: 'p' }, { $set: { name: 'bench' } }, { upsert: true })
// The bench itself wrote this key set into the environment just before.
const jwks = createLocalJWKSet(JSON.parse(BENCH_JWKS) as JSONWebKeySet)

const app = express()
app.get('/login', async (req, res) => {
  await Platform.findOne({ _id: 'p' }).lean()
  await Login.create({ _id: String(req.query['state']) })
  res.redirect(302, '/launch')
})
app.post('/launch', express.urlencoded({ extended: false, limit: '256kb' }), async (req, res) => {
  await Login.findOne({ _id: req.body.state }).lean()
  await jwtVerify(req.body.id_token, jwks, { algorithms: ['RS256'] })
  await Platform.findOne({ _id: 'p' }).lean()
  await Login.updateOne({ _id: req.body.state }, { $set: { usedAt: new Date() } })
  res.redirect(303, '/app')
})
app.post('/session', express.json({ limit: '8kb' }), async (req, res) => {
  const used = { $set: { codeUsedAt: new Date() } }
  await Login.findOneAndUpdate({ _id: req.body.code }, used).lean()
  await Session.create({ _id: `${req.body.code}-session` })
  res.json({ token: 'x' })
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
