import type { TenantSummary } from './api/access.ts'

type TenantKind = TenantSummary['kind']
type KindBelow = Exclude<TenantKind, 'platform'>

/** Which kinds of organisation can be added below one of each kind. */
export const kindsBelow: Readonly<Record<TenantKind, readonly KindBelow[]>> = {
  platform: ['trust', 'local-authority', 'school', 'sandbox'],
  trust: ['school', 'sandbox'],
  'local-authority': ['trust', 'school', 'sandbox'],
  school: ['sandbox'],
  sandbox: [],
}
