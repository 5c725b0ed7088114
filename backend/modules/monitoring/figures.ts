import { Counter, Gauge, Histogram } from 'prom-client'
import type { ConnectionHealthState } from '../../../shared/connection-states.ts'
import { connectionHealthStates } from '../../../shared/connection-states.ts'
import type { StateCount } from './watch-count-store.ts'

/** Capabilities that figures tell apart; others are one, so that the number of series has a bound. */
const known = new Set([
  'health',
  'test',
  'oauth',
  'synthetic',
  'roster.pull',
  'courses.pull',
  'timetable.pull',
  'attendance.pull',
  'grades.push',
  'content.search',
  'content.get',
  'assessment.import',
  'assessment.export',
  'webhook.receive',
])

export const capabilityLabel = (purpose: string) => (known.has(purpose) ? purpose : 'other')

const registers: [] = []
const seconds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]

/** Prometheus figures of all connections; never of one tenant. */
export function createMonitoringFigures({
  countStates,
}: {
  /** Asked at each scrape. */
  countStates(): Promise<readonly StateCount[]>
}) {
  return {
    connections: new Gauge({
      name: 'edpsych_connections',
      help: 'Connections in use by connector and health',
      labelNames: ['connector', 'state'],
      registers,
      async collect() {
        const counts = await countStates().catch(() => null)
        // Away from the database, the last figures stand.
        if (!counts) return
        this.reset()
        for (const connectorId of new Set(counts.map((count) => count.connectorId))) {
          for (const state of connectionHealthStates) {
            this.set({ connector: connectorId, state }, sumOf(counts, connectorId, state))
          }
        }
      },
    }),
    checks: new Counter({
      name: 'edpsych_connection_checks_total',
      help: 'Health checks of connections by connector and what they found',
      labelNames: ['connector', 'result'],
      registers,
    }),
    checkSeconds: new Histogram({
      name: 'edpsych_connection_check_duration_seconds',
      help: 'How long health checks took, by connector',
      labelNames: ['connector'],
      buckets: seconds,
      registers,
    }),
    transitions: new Counter({
      name: 'edpsych_connection_transitions_total',
      help: 'Changes of the health of connections, by connector and the state they led to',
      labelNames: ['connector', 'state'],
      registers,
    }),
    exchanges: new Counter({
      name: 'edpsych_connection_exchanges_total',
      help: 'Requests of connections to other systems, by connector, capability and outcome',
      labelNames: ['connector', 'capability', 'outcome'],
      registers,
    }),
    exchangeSeconds: new Histogram({
      name: 'edpsych_connection_exchange_duration_seconds',
      help: 'How long requests of connections took, by connector and capability',
      labelNames: ['connector', 'capability'],
      buckets: seconds,
      registers,
    }),
    exchangeBytes: new Counter({
      name: 'edpsych_connection_exchange_bytes_total',
      help: 'Bytes received by connections, by connector and capability',
      labelNames: ['connector', 'capability'],
      registers,
    }),
    lateSeconds: new Histogram({
      name: 'edpsych_connection_schedule_late_seconds',
      help: 'How much later than planned health checks began',
      buckets: [0.5, 1, 2, 5, 10, 30, 60, 120, 300],
      registers,
    }),
    running: new Gauge({
      name: 'edpsych_connection_checks_running',
      help: 'Health checks under way in this process',
      registers,
    }),
    notCounted: new Counter({
      name: 'edpsych_connection_not_counted_total',
      help: 'What was not counted because the database was away for too long',
      registers,
    }),
  }
}

export type MonitoringFigures = ReturnType<typeof createMonitoringFigures>

function sumOf(
  counts: readonly StateCount[],
  connectorId: string,
  state: ConnectionHealthState,
): number {
  return counts
    .filter((count) => count.connectorId === connectorId && count.state === state)
    .reduce((sum, { connections }) => sum + connections, 0)
}
