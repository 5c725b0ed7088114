import type { TenantContext } from '../../core/tenancy.ts'
import type { ConnectionReport, Exchange, GateEvent, RefreshEvent } from './definition.ts'

/** Who listens to what connections do; filled while the server is put together. */
export function createObservers() {
  const exchanges: ((exchange: Exchange) => void)[] = []
  const gates: ((event: GateEvent) => void)[] = []
  const refreshes: ((event: RefreshEvent) => void)[] = []
  const reports: ((ctx: TenantContext, report: ConnectionReport) => Promise<void>)[] = []
  return {
    onExchange: (observer: (typeof exchanges)[number]) => void exchanges.push(observer),
    onGate: (observer: (typeof gates)[number]) => void gates.push(observer),
    onRefresh: (observer: (typeof refreshes)[number]) => void refreshes.push(observer),
    onReport: (observer: (typeof reports)[number]) => void reports.push(observer),
    exchanged: (exchange: Exchange) => {
      for (const observer of exchanges) observer(exchange)
    },
    gated: (event: GateEvent) => {
      for (const observer of gates) observer(event)
    },
    refreshed: (event: RefreshEvent) => {
      for (const observer of refreshes) observer(event)
    },
    async report(ctx: TenantContext, report: ConnectionReport): Promise<void> {
      for (const observer of reports) await observer(ctx, report)
    },
  }
}

export type Observers = ReturnType<typeof createObservers>
