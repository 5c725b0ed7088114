import type { AddressInfo } from 'node:net'
import express from 'express'

/** The floor of reads: Express answering a JSON object of the size of an item, and nothing else. */
const body = {
  id: 'itm_01jd8m2k3n4p5q6r7s8t9v0w1x',
  identifier: 'equivalent-fractions',
  title: 'Equivalent fractions',
  language: 'en-GB',
  interactions: ['choice'],
  maxScore: 1,
  source: { file: 'items/equivalent-fractions.xml', importId: 'imp_01jd8m2k3n4p5q6r7s8t9v0w1x' },
  launchUrl: 'http://localhost:3000/lti/items/itm_01jd8m2k3n4p5q6r7s8t9v0w1x',
  createdAt: '2026-11-23T00:00:00.000Z',
  updatedAt: '2026-11-23T00:00:00.000Z',
}

const app = express()
app.get('/item', (_req, res) => {
  res.json(body)
})
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
