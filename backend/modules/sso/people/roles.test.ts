import { describe, expect, it } from 'vitest'
import { mappedRoles } from './roles.ts'

const provider = {
  defaultRole: null,
  roleMapping: [
    { value: 'Staff-Teaching', role: 'teacher' as const },
    { value: 'IT', role: 'integration-operator' as const },
    { value: 'Heads', role: 'teacher' as const },
  ],
}

describe('roles by mapping', () => {
  it('are those of every value that is mapped, each once', () => {
    expect(mappedRoles(provider, ['staff-teaching', 'Heads', 'it'])).toEqual([
      'teacher',
      'integration-operator',
    ])
  })

  it('are the default only where no line applies', () => {
    const withDefault = { ...provider, defaultRole: 'auditor' as const }
    expect(mappedRoles(withDefault, ['unknown'])).toEqual(['auditor'])
    expect(mappedRoles(withDefault, ['IT'])).toEqual(['integration-operator'])
    expect(mappedRoles(provider, [])).toEqual([])
  })
})
