import { scope } from '../claim-names.ts'

/** The services of LTI Advantage that this tool uses, in the words of a school. */
export const serviceScopes = [
  { scope: scope.score, label: 'sending grades' },
  { scope: scope.lineItem, label: 'making gradebook columns' },
  { scope: scope.lineItemReadOnly, label: 'reading gradebook columns' },
  { scope: scope.result, label: 'reading grades back' },
  {
    scope: scope.memberships,
    label: 'reading the members of a course',
  },
  {
    scope: scope.groups,
    label: 'reading the groups of a course',
  },
] as const

/** Those every LMS with LTI Advantage knows; groups are an extension that some refuse by name. */
export const advantageScopes = serviceScopes.slice(0, 5).map(({ scope }) => scope)
