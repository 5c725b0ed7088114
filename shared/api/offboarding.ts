import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { listQuery, MadeBetween } from './list-query.ts'

export const offboardingStates = [
  'exporting',
  'waiting',
  'deleting',
  'deleted',
  'cancelled',
  'failed',
] as const

const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'] })

const Archive = z.object({
  bytes: z.number().int(),
  sha256: Sha256,
  madeAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable().meta({
    description: 'After this it can no longer be downloaded; null: until the deletion',
  }),
  collections: z.array(z.object({ name: z.string(), count: z.number().int(), sha256: Sha256 })),
})

export const Offboarding = z.object({
  id: Id,
  organisation: z.object({ id: Id, name: z.string(), slug: z.string(), kind: z.string() }),
  organisations: z
    .number()
    .int()
    .meta({ description: 'How many leave: the organisation and all below it' }),
  state: z.enum(offboardingStates),
  reason: z.string(),
  requestedBy: z.object({ kind: z.string(), id: z.string() }),
  deleteAt: z.iso.datetime().meta({ description: 'Until then it can be cancelled' }),
  archive: Archive.nullable().meta({ description: 'Everything that leaves, as it was exported' }),
  deletedAt: z.iso.datetime().nullable(),
  error: z.string().nullable(),
  ...Timestamps,
})
export type Offboarding = z.output<typeof Offboarding>

export const OffboardingCertificate = z.object({
  statement: z
    .object({
      certificate: Id,
      installation: z.string(),
      organisation: z.object({ id: Id, name: z.string(), slug: z.string(), kind: z.string() }),
      organisationIds: z.array(Id),
      requestedBy: z.object({ kind: z.string(), id: z.string() }),
      reason: z.string(),
      requestedAt: z.iso.datetime(),
      dataRegion: z.string().optional().meta({
        description: 'Where its data was kept, as the organisation told at the request',
      }),
      dataProtectionContact: z
        .string()
        .nullable()
        .optional()
        .meta({
          description: 'Whom it named for data protection',
          examples: ['dpo@larkfield.example'],
        }),
      archive: z.object({
        bytes: z.number().int(),
        sha256: Sha256,
        madeAt: z.iso.datetime(),
        collections: z.array(
          z.object({ name: z.string(), count: z.number().int(), sha256: Sha256 }),
        ),
      }),
      deletedAt: z.iso.datetime(),
      deleted: z.array(z.object({ collection: z.string(), count: z.number().int() })),
      remaining: z.literal(0).meta({
        description: 'Documents found in any collection when all of them were searched again',
      }),
      limits: z.string().meta({ description: 'What this certificate does not speak of' }),
    })
    .meta({ description: 'What is certified' }),
  signed: z.string().meta({ description: 'The exact text that was signed: `statement` as JSON' }),
  algorithm: z.literal('ed25519'),
  keyId: z.string(),
  publicKey: z.string().meta({ description: 'SPKI, PEM' }),
  signature: z.string().meta({ description: 'base64url' }),
})
export type OffboardingCertificate = z.output<typeof OffboardingCertificate>

export const OffboardingBody = z.object({
  tenantId: Id.meta({ description: 'An organisation below your own; all below it leave too' }),
  confirm: z
    .string()
    .max(63)
    .meta({ description: 'Its short name, to be sure it is the right one' }),
  reason: z.string().trim().min(1).max(500),
  graceDays: z
    .number()
    .int()
    .min(0)
    .max(365)
    .default(30)
    .meta({ description: 'Days until the deletion, in which it can be cancelled' }),
})
export type OffboardingBody = z.output<typeof OffboardingBody>

export const OffboardingList = listQuery({
  sort: ['-createdAt'],
  filters: { state: z.enum(offboardingStates).optional(), ...MadeBetween },
})
export type OffboardingList = z.output<typeof OffboardingList>

export const offboardingApi = {
  'GET /api/v1/offboardings': {
    summary: 'List organisations that leave or have left',
    access: 'tenant',
    scope: 'tenants.read',
    query: OffboardingList,
    response: listOf(Offboarding),
  },
  'POST /api/v1/offboardings': {
    summary: 'Let an organisation leave: export everything, then delete it',
    description:
      'Everything that belongs to the organisation and those below it is exported to an archive at once. After the days of grace its keys and accounts end, the archive is made once more, everything is deleted, and a signed certificate is written.',
    access: 'tenant',
    scope: 'tenants.write',
    sensitive: true,
    body: OffboardingBody,
    response: Offboarding,
    status: 201,
    errors: ['not_found', 'offboarding_under_way'],
  },
  'GET /api/v1/offboardings/:id': {
    summary: 'Get one, with its progress',
    access: 'tenant',
    scope: 'tenants.read',
    params: IdParams,
    response: Offboarding,
  },
  'POST /api/v1/offboardings/:id/cancel': {
    summary: 'Let the organisation stay',
    access: 'tenant',
    scope: 'tenants.write',
    params: IdParams,
    response: Offboarding,
    errors: ['offboarding_under_way'],
  },
  'POST /api/v1/offboardings/:id/archive': {
    summary: 'Get a link to the archive; it works for five minutes',
    access: 'tenant',
    scope: 'tenants.write',
    sensitive: true,
    params: IdParams,
    response: z.object({ url: z.string(), expiresAt: z.iso.datetime() }),
    errors: ['not_found'],
  },
  'GET /api/v1/offboardings/:id/certificate': {
    summary: 'Get the signed certificate of the deletion',
    access: 'tenant',
    scope: 'tenants.read',
    params: IdParams,
    response: OffboardingCertificate,
    errors: ['not_found'],
  },
} satisfies Contract
