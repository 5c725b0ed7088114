import { startTcpBridge } from '../tests/support/tcp-bridge.ts'

/** The bridge in a process of its own, so that its work is neither the peer's nor the client's. */
const { BENCH_MONGODB_URI = '' } = process.env
const bridge = await startTcpBridge(BENCH_MONGODB_URI)
process.stdout.write(`${bridge.uri}\n`)
process.once('SIGTERM', () => process.exit(0))
