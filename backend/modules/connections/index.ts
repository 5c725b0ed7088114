export type {
  ConnectionReport,
  ConnectionsAccess,
  Exchange,
  GateEvent,
  HealthReport,
  OpenConnection,
  OpenOptions,
  RefreshEvent,
  WorkingConnection,
} from './definition.ts'
