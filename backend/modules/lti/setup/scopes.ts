const ags = 'https://purl.imsglobal.org/spec/lti-ags/scope'

/** The services of LTI Advantage that this tool uses, in the words of a school. */
export const serviceScopes = [
  { scope: `${ags}/score`, label: 'sending grades' },
  { scope: `${ags}/lineitem`, label: 'making gradebook columns' },
  { scope: `${ags}/lineitem.readonly`, label: 'reading gradebook columns' },
  { scope: `${ags}/result.readonly`, label: 'reading grades back' },
  {
    scope: 'https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly',
    label: 'reading the members of a course',
  },
  {
    scope: 'https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly',
    label: 'reading the groups of a course',
  },
] as const

/** Those every LMS with LTI Advantage knows; groups are an extension that some refuse by name. */
export const advantageScopes = serviceScopes.slice(0, 5).map(({ scope }) => scope)
