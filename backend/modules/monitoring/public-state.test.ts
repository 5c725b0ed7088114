import { expect, it } from 'vitest'
import {
  stateOfCalls,
  stateOfDatabase,
  stateOfDay,
  stateOfKind,
  stateOfWebhooks,
  uptimeOf,
  worstOf,
} from './public-state.ts'

it('calls the API degraded or down by the share of answers that are our fault', () => {
  expect(stateOfCalls({ calls: 0, broken: 0 })).toBe('operational')
  expect(stateOfCalls({ calls: 10, broken: 10 })).toBe('operational')
  expect(stateOfCalls({ calls: 100, broken: 4 })).toBe('operational')
  expect(stateOfCalls({ calls: 100, broken: 5 })).toBe('degraded')
  expect(stateOfCalls({ calls: 100, broken: 50 })).toBe('down')
})

it('says nothing in public of a kind that fewer than three organisations use', () => {
  expect(stateOfKind({ tenants: 2, connections: 40, failing: 40 })).toBe('unknown')
  expect(stateOfKind({ tenants: 3, connections: 10, failing: 0 })).toBe('operational')
  expect(stateOfKind({ tenants: 3, connections: 10, failing: 1 })).toBe('degraded')
  expect(stateOfKind({ tenants: 3, connections: 10, failing: 5 })).toBe('down')
})

it('blames webhooks on us only where several endpoints wait untried', () => {
  expect(stateOfWebhooks({ endpoints: 2, waiting: 2 })).toBe('operational')
  expect(stateOfWebhooks({ endpoints: 10, waiting: 4 })).toBe('operational')
  expect(stateOfWebhooks({ endpoints: 10, waiting: 5 })).toBe('degraded')
  expect(stateOfWebhooks({ endpoints: 10, waiting: 10 })).toBe('down')
})

it('tells a slow database from one that is away', () => {
  expect([5, 1500, null].map(stateOfDatabase)).toEqual(['operational', 'degraded', 'down'])
})

it('forgives a day two bad minutes and rounds no outage away', () => {
  expect(stateOfDay({ operational: 1438, degraded: 0, down: 2 })).toBe('operational')
  expect(stateOfDay({ operational: 1437, degraded: 2, down: 1 })).toBe('degraded')
  expect(stateOfDay({ operational: 1437, degraded: 0, down: 3 })).toBe('down')
  expect(stateOfDay({ operational: 0, degraded: 0, down: 0 })).toBe('unknown')
  expect(uptimeOf([{ operational: 129_599, degraded: 0, down: 1 }])).toBe(99.9992)
  expect(uptimeOf([])).toBeNull()
  expect(worstOf(['operational', 'unknown', 'degraded'])).toBe('degraded')
  expect(worstOf(['unknown'])).toBe('unknown')
})
