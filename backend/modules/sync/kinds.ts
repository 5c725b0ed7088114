import { type SyncCounts, type SyncKind, syncKinds } from '../../../shared/api/syncs.ts'
import type { RosterRowKind } from '../roster/index.ts'

/** Of an LMS: its courses and people are numbered by itself alone, and a course hides whom it does not tell. */
export const isOfLms = ({ capability }: { readonly capability: string }): boolean =>
  capability !== 'roster.pull'

/** The kinds that the roster keeps, in the order in which they are written: classes name people in their groups. */
export const keptKinds = ['users', 'classes', 'enrollments', 'assignments'] as const
export type KeptKind = (typeof keptKinds)[number]

export const rosterKindOf = {
  classes: 'class',
  users: 'user',
  enrollments: 'enrollment',
  assignments: 'assignment',
} as const satisfies Record<KeptKind, RosterRowKind>

/** The same for every kind. */
export function perKind<T>(make: (kind: SyncKind) => T): Record<SyncKind, T> {
  // `fromEntries` forgets the names, which are exactly the kinds.
  return Object.fromEntries(syncKinds.map((kind) => [kind, make(kind)])) as Record<SyncKind, T>
}

export type CountsByKind = Record<SyncKind, SyncCounts>

export function noCounts(): CountsByKind {
  return perKind(() => ({
    seen: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    removed: 0,
    refused: 0,
    leftOut: 0,
  }))
}

/** One number over all kinds. */
export function sumOf(counts: CountsByKind, field: keyof SyncCounts): number {
  let sum = 0
  for (const kind of syncKinds) sum += counts[kind][field]
  return sum
}
