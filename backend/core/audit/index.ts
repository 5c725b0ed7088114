export { type Audit, type AuditOptions, createAudit } from './audit.ts'
export { AuditCheckpointModel } from './checkpoints.ts'
export type {
  AuditFilter,
  AuditProblem,
  AuditRecord,
  AuditResult,
  AuditVerification,
} from './definition.ts'
export { listAudit } from './list.ts'
export { recordAudit } from './record.ts'
export { AuditKeyModel } from './signing-key.ts'
export { AuditEntryModel } from './store.ts'
