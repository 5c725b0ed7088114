import { z } from 'zod'
import { allScopes } from '../scopes.ts'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'
import { apiVersions } from './versions.ts'

export const ScopeName = z.enum(allScopes as [string, ...string[]])

const maxOverlapSeconds = 604_800

/** One address or a range of them, IPv4 or IPv6. */
const Network = z
  .union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])
  .meta({ description: 'Address or CIDR range', examples: ['203.0.113.0/24', '2001:db8::/48'] })

const allowedNetworks = z
  .array(Network)
  .max(50)
  .meta({ description: 'Addresses it may be used from; empty: from anywhere' })

export const ApiKey = z.object({
  id: Id,
  name: z.string(),
  mode: z.enum(['live', 'test']),
  hint: z.string().meta({ description: 'First and last characters, to recognise it by' }),
  scopes: z.array(z.string()),
  allowedNetworks: z.array(z.string()),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  rotatedAt: z.iso.datetime().nullable(),
  previous: z
    .array(z.object({ hint: z.string(), until: z.iso.datetime() }))
    .meta({ description: 'Secrets before the last rotation that still work' }),
  revokedAt: z.iso.datetime().nullable(),
  pinnedVersion: z.iso
    .date()
    .nullable()
    .meta({ description: 'API version since its first call; null before' }),
  ...Timestamps,
})
export type ApiKey = z.output<typeof ApiKey>

const NewSecret = ApiKey.extend({
  key: z.string().meta({ description: 'The key itself: in this answer and nowhere else' }),
})

const KeyList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'name'],
  filters: { ...MadeBetween, ...ChangedBetween },
})

export const keysApi = {
  'GET /api/v1/keys': {
    summary: 'List API keys',
    access: 'tenant',
    scope: 'keys.read',
    query: KeyList,
    response: listOf(ApiKey),
  },
  'POST /api/v1/keys': {
    summary: 'Create an API key; the key is shown once',
    access: 'tenant',
    scope: 'keys.write',
    sensitive: true,
    body: z.object({
      name: z.string().trim().min(1).max(200),
      mode: z
        .enum(['live', 'test'])
        .optional()
        .meta({ description: 'Follows from the organisation: sandboxes `test`, others `live`' }),
      scopes: z.array(ScopeName).min(1),
      expiresInDays: z.number().int().min(1).max(730).nullable().default(365),
      allowedNetworks: allowedNetworks.default([]),
    }),
    response: NewSecret,
    status: 201,
    errors: ['key_mode_mismatch'],
  },
  'GET /api/v1/keys/:id': {
    summary: 'Get one API key',
    access: 'tenant',
    scope: 'keys.read',
    params: IdParams,
    response: ApiKey,
  },
  'PATCH /api/v1/keys/:id': {
    summary: 'Rename an API key, limit its networks, take rights from it or let it end earlier',
    access: 'tenant',
    scope: 'keys.write',
    params: IdParams,
    body: z.object({
      name: z.string().trim().min(1).max(200).optional(),
      allowedNetworks: allowedNetworks.optional(),
      scopes: z
        .array(ScopeName)
        .min(1)
        .optional()
        .meta({ description: 'Only some of those it has: more rights need a new key' }),
      expiresAt: z.iso
        .datetime()
        .optional()
        .meta({ description: 'Earlier than before; rotating starts its time anew' }),
      pinnedVersion: z
        .enum(apiVersions)
        .optional()
        .meta({ description: 'Moves the key to this dated version of the API' }),
    }),
    response: ApiKey,
    errors: ['conflict'],
  },
  'DELETE /api/v1/keys/:id': {
    summary: 'Revoke an API key at once',
    access: 'tenant',
    scope: 'keys.write',
    params: IdParams,
    status: 204,
  },
  'POST /api/v1/keys/:id/rotate': {
    summary: 'Give an API key a new secret; the one before works on for the overlap',
    description:
      'The id, name, rights and networks stay; its time runs anew. With `overlapSeconds` 0 every earlier secret ends at once.',
    access: 'tenant',
    scope: 'keys.write',
    sensitive: true,
    params: IdParams,
    body: z
      .object({
        overlapSeconds: z.number().int().min(0).max(maxOverlapSeconds).default(86_400),
      })
      .prefault({}),
    response: NewSecret,
    status: 201,
    errors: ['conflict'],
  },
} satisfies Contract
