import type { AddressInfo } from 'node:net'
import express from 'express'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import mongoose, { Schema } from 'mongoose'

/**
 * The floor of launches: two requests that do what no launch can avoid – one insert at login; at the
 * launch one signature check, one atomic consume, one read and one insert – and nothing else.
 */
const { BENCH_MONGODB_URI = '', BENCH_JWKS = '' } = process.env
await mongoose.connect(BENCH_MONGODB_URI, {
  dbName: 'floor',
  writeConcern: { w: 'majority', journal: true },
})
const options = { autoIndex: false, autoCreate: false, strict: false }
const Login = mongoose.model('FloorLogin', new Schema({ _id: String }, options))
const Platform = mongoose.model('FloorPlatform', new Schema({ _id: String }, options))
const Code = mongoose.model('FloorCode', new Schema({ _id: String }, options))
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
  await jwtVerify(req.body.id_token, jwks, { algorithms: ['RS256'] })
  await Login.findOneAndDelete({ _id: req.body.state }).lean()
  await Platform.findOne({ _id: 'p' }).lean()
  await Code.create({ _id: `${req.body.state}-code` })
  res.redirect(303, '/app')
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
