import type { Principal } from '../../core/tenancy.ts'

export interface Credential {
  readonly kind: string
  readonly id: string
}

/** What a call counts for: the key, the client, or the person or session behind it. */
export function credentialOf(principal: Principal): Credential {
  return { kind: principal.kind, id: principal.id }
}
