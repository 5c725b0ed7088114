import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'ltijs'

/** The peer of launches: ltijs with its own database on the same engine, through a TCP bridge to its socket. */
const {
  BENCH_TCP_URI = '',
  BENCH_ISSUER = '',
  BENCH_CLIENT_ID = '',
  BENCH_JWKS_URI = '',
} = process.env
const database = new URL(BENCH_TCP_URI)
database.pathname = `/ltijs_${randomBytes(4).toString('hex')}`
Provider.setup(
  randomBytes(16).toString('hex'),
  { url: database.href },
  { cookies: { secure: false, sameSite: '' }, devMode: false },
)
await Provider.deploy({ serverless: true, silent: true })
Provider.onConnect((_token, _req, res) => {
  res.send('connected')
})
await Provider.registerPlatform({
  url: BENCH_ISSUER,
  name: 'Bench',
  clientId: BENCH_CLIENT_ID,
  authenticationEndpoint: `${BENCH_ISSUER}/auth`,
  accesstokenEndpoint: `${BENCH_ISSUER}/token`,
  authConfig: { method: 'JWK_SET', key: BENCH_JWKS_URI },
})
const server = createServer(Provider.app).listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
