import { describe, expect, it } from 'vitest'
import { endOfRole, isRoleOfKind, rolesAt, scopesOf } from './rights.ts'

const now = new Date('2026-11-23T09:00:00Z')
const trust = ['platform', 'ten_trust']
const school = [...trust, 'ten_school']

describe('roles of a person', () => {
  it('hold where they were given and in everything below', () => {
    const assignments = [{ tenantId: 'ten_trust', role: 'trust-admin', until: null } as const]

    expect(rolesAt(assignments, trust, now)).toEqual(['trust-admin'])
    expect(rolesAt(assignments, school, now)).toEqual(['trust-admin'])
  })

  it('hold neither above nor beside', () => {
    const assignments = [{ tenantId: 'ten_school', role: 'teacher', until: null } as const]

    expect(rolesAt(assignments, trust, now)).toEqual([])
    expect(rolesAt(assignments, [...trust, 'ten_other'], now)).toEqual([])
  })

  it('end at their time', () => {
    const until = endOfRole('support', now)
    const assignments = [{ tenantId: 'ten_school', role: 'support', until } as const]

    expect(until).toEqual(new Date('2026-11-23T17:00:00Z'))
    expect(rolesAt(assignments, school, now)).toEqual(['support'])
    expect(rolesAt(assignments, school, new Date('2026-11-23T17:00:00Z'))).toEqual([])
    expect(endOfRole('teacher', now)).toBeNull()
  })

  it('add up to one set of scopes', () => {
    const scopes = scopesOf(['dpo', 'developer'])

    expect(scopes.has('audit.read')).toBe(true)
    expect(scopes.has('keys.write')).toBe(true)
    expect(scopes.has('items.write')).toBe(false)
    expect(scopesOf([]).size).toBe(0)
  })

  it('exist only where they make sense', () => {
    expect(isRoleOfKind('platform-admin', 'platform')).toBe(true)
    expect(isRoleOfKind('platform-admin', 'trust')).toBe(false)
    expect(isRoleOfKind('trust-admin', 'school')).toBe(false)
    expect(isRoleOfKind('school-admin', 'trust')).toBe(true)
    expect(isRoleOfKind('teacher', 'school')).toBe(true)
  })
})
