import { createHash } from 'node:crypto'
import { type Canonical, canonicalJson } from './canonical-json.ts'
import type { AuditChange, AuditResult } from './definition.ts'

/** What one entry says; its hash covers all of it. */
export interface AuditContent {
  readonly id: string
  readonly tenantId: string
  readonly seq: number
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string
  readonly action: string
  readonly actor: { readonly kind: string; readonly id: string }
  readonly target: { readonly type: string; readonly id: string } | null
  readonly fields: readonly string[]
  readonly purpose: string | null
  readonly result: AuditResult
  readonly detail: string | null
  readonly remoteAddress: string | null
  readonly requestId: string
  /** Absent where nothing was changed that can be shown. */
  readonly changes?: readonly AuditChange[]
}

export interface ChainedEntry extends AuditContent {
  readonly prevHash: string
  readonly hash: string
}

/** What the first entry of a tenant follows. */
export const genesisHash = '0'.repeat(64)

/** `sha256(prevHash ‖ canonicalJSON(entry))` in hexadecimal, over every member the row has. */
export function hashOf(prevHash: string, content: AuditContent): string {
  return createHash('sha256')
    .update(prevHash)
    .update(canonicalJson(toCanonical(content)))
    .digest('hex')
}

/** An entry holds nothing but what JSON carries. */
function toCanonical(content: AuditContent): Canonical {
  return content as unknown as Canonical
}

/** Whether an entry, as it is on record, is what its hash was made of. */
export function isWhole({ prevHash, hash, ...content }: ChainedEntry): boolean {
  return hashOf(prevHash, content) === hash
}

/** Numbers and links entries to what came before. */
export function chain(
  tip: { readonly seq: number; readonly hash: string },
  contents: readonly Omit<AuditContent, 'seq'>[],
): ChainedEntry[] {
  let { seq, hash: prevHash } = tip
  return contents.map((content) => {
    seq += 1
    const entry = { ...content, seq }
    const hash = hashOf(prevHash, entry)
    const chained = { ...entry, prevHash, hash }
    prevHash = hash
    return chained
  })
}
