import { Counter } from 'prom-client'

/** Prometheus counters of the limiter; registered where the metrics are served. */
export function createLimitFigures() {
  return {
    refused: new Counter({
      name: 'edpsych_rate_limited_total',
      help: 'Calls refused with 429, by policy',
      labelNames: ['policy'],
      registers: [],
    }),
    leases: new Counter({
      name: 'edpsych_rate_leases_total',
      help: 'Batches of tokens taken from the shared pool',
      registers: [],
    }),
    storeFailures: new Counter({
      name: 'edpsych_rate_store_failures_total',
      help: 'Takes that failed; meanwhile a process limits by itself',
      registers: [],
    }),
  }
}

export type LimitFigures = ReturnType<typeof createLimitFigures>
