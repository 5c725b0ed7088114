import type { LossReason, SyncCounts, SyncKind, SyncRun } from '../../shared/api/syncs.ts'

const kinds: Readonly<Record<SyncKind, string>> = {
  orgs: 'organisations',
  academicSessions: 'terms',
  classes: 'classes',
  users: 'people',
  enrollments: 'enrolments',
  assignments: 'assignments',
}

export const kindWord = (kind: SyncKind): string => kinds[kind]

const triggers: Readonly<Record<SyncRun['trigger'], string>> = {
  schedule: 'Schedule',
  person: 'Person',
  resume: 'Resumed',
  webhook: 'Message of the other system',
}

export const triggerWord = (trigger: SyncRun['trigger']): string => triggers[trigger]

const reasons: Readonly<Record<LossReason, string>> = {
  refused: 'Refused',
  not_sent: 'Counted, but not sent',
  reference_missing: 'Belongs to somebody who did not come',
  other_connection: 'Comes from another connection',
  removed_here: 'Removed here',
  changed_here: 'Changed here',
  not_written: 'Taken over, but not found again',
}

export const reasonWord = (reason: LossReason): string => reasons[reason]

/** The numbers of a run over all kinds. */
export function totalsOf({ counts }: SyncRun): SyncCounts {
  const sum = { seen: 0, created: 0, updated: 0, unchanged: 0, removed: 0, refused: 0, leftOut: 0 }
  for (const one of Object.values(counts)) {
    for (const field of Object.keys(sum) as (keyof SyncCounts)[]) sum[field] += one[field]
  }
  return sum
}
