import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const staff = 'usr_01kfr3r4e6g9j1m3p5s8v0x2za'
const tenant = 'ten_01kfr3rd2f4h6k8n0q3t5w7yab'

export const peopleEvents = describeEvents({
  'user.signed_in': {
    title: 'Member of staff signed in',
    description: 'A member of staff signed in to this organisation.',
    schema: z.object({ userId: EventId }),
    example: { userId: staff },
    personalData: true,
    subject: 'userId',
    links: { people: '/api/v1/people' },
  },
  'person.added': {
    title: 'Staff account added',
    description: 'An account was made for a member of staff.',
    schema: z.object({ personId: EventId, role: z.string().max(64) }),
    example: { personId: staff, role: 'teacher' },
    personalData: true,
    subject: 'personId',
    links: { people: '/api/v1/people' },
  },
  'person.updated': {
    title: 'Staff account changed',
    description: 'A member of staff was renamed, or the account was disabled or enabled.',
    schema: z.object({ personId: EventId, fields: z.array(z.string().max(64)).max(10) }),
    example: { personId: staff, fields: ['name'] },
    personalData: true,
    subject: 'personId',
    links: { person: '/api/v1/people/:personId' },
  },
  'person.removed': {
    title: 'Staff account deleted',
    description: 'The account of a member of staff was deleted for good.',
    schema: z.object({ personId: EventId }),
    example: { personId: staff },
    personalData: true,
    subject: 'personId',
    links: { people: '/api/v1/people' },
  },
  'person.role_granted': {
    title: 'Role given',
    description: 'A member of staff got a role in an organisation of this tree.',
    schema: z.object({ personId: EventId, role: z.string().max(64), inTenantId: EventId }),
    example: { personId: staff, role: 'teacher', inTenantId: tenant },
    personalData: true,
    subject: 'personId',
    links: { person: '/api/v1/people/:personId' },
  },
  'person.role_revoked': {
    title: 'Role taken away',
    description: 'A member of staff lost a role in an organisation of this tree.',
    schema: z.object({ personId: EventId, role: z.string().max(64), inTenantId: EventId }),
    example: { personId: staff, role: 'teacher', inTenantId: tenant },
    personalData: true,
    subject: 'personId',
    links: { person: '/api/v1/people/:personId' },
  },
  'person.signed_out_everywhere': {
    title: 'Signed out everywhere',
    description: 'All sessions of a member of staff were ended, on every device.',
    schema: z.object({ personId: EventId }),
    example: { personId: staff },
    personalData: true,
    subject: 'personId',
    links: { people: '/api/v1/people' },
  },
  'tenant.created': {
    title: 'Organisation added',
    description: 'A school or other organisation was added below this one.',
    schema: z.object({ tenantId: EventId, parentId: EventId, kind: z.string().max(64) }),
    example: { tenantId: tenant, parentId: 'ten_01kfr3ra1c3e5g7j9m2p4r6t8v', kind: 'school' },
    personalData: false,
    subject: 'tenantId',
    links: { tenant: '/api/v1/tenants/:tenantId' },
  },
  'tenant.updated': {
    title: 'Organisation changed',
    description: 'An organisation of this tree was renamed.',
    schema: z.object({ tenantId: EventId, fields: z.array(z.string().max(64)).max(10) }),
    example: { tenantId: tenant, fields: ['name'] },
    personalData: false,
    subject: 'tenantId',
    links: { tenant: '/api/v1/tenants/:tenantId' },
  },
})
