import { z } from 'zod'
import { type Contract, Id } from './contract.ts'
import { Me } from './limits.ts'

export const VersionDescription = z.object({
  version: z.iso.date(),
  latest: z.boolean().meta({ description: 'What callers get that are not pinned' }),
  changes: z
    .array(z.object({ summary: z.string(), operations: z.array(z.string()) }))
    .meta({ description: 'What it changed over the version before it' }),
})

export const DeprecatedOperation = z.object({
  operation: z.string(),
  since: z.iso.datetime(),
  sunset: z.iso.datetime().meta({ description: 'From then on it answers 410' }),
  successor: z.string().meta({ description: 'What to call instead' }),
  reason: z.string(),
  brownOuts: z
    .array(z.object({ from: z.iso.datetime(), to: z.iso.datetime() }))
    .meta({ description: 'Announced times in which it is refused' }),
})

export const DeprecatedCaller = z.object({
  operation: z.string(),
  sunset: z.iso.datetime(),
  credential: z.object({ kind: z.string(), id: Id }),
  calls: z.number().int().meta({ description: 'In the last 90 days' }),
  lastCalledOn: z.iso.date(),
})
export type DeprecatedCaller = z.output<typeof DeprecatedCaller>

export const versionsApi = {
  'GET /api/v1/versions': {
    summary: 'List the dated versions of this API and what each changed',
    access: 'public',
    response: z.object({ data: z.array(VersionDescription), nextCursor: z.null() }),
    shared: true,
  },
  'GET /api/v1/deprecations': {
    summary: 'List the operations that will end, and when',
    access: 'public',
    response: z.object({ data: z.array(DeprecatedOperation), nextCursor: z.null() }),
    shared: true,
  },
  'GET /api/v1/deprecations/callers': {
    summary: 'Which of your credentials still call deprecated operations, how often, when last',
    access: 'tenant',
    scope: 'usage.read',
    response: z.object({ data: z.array(DeprecatedCaller), nextCursor: z.null() }),
  },
  'GET /api/v1/whoami': {
    summary: 'Who this credential is, under the former address of `/me`',
    access: 'launch',
    response: Me,
    deprecated: {
      since: '2026-11-01T00:00:00Z',
      sunset: '2027-11-01T00:00:00Z',
      successor: 'GET /api/v1/me',
      reason: 'There is one address for it.',
      brownOuts: [
        { from: '2027-09-01T10:00:00Z', to: '2027-09-01T11:00:00Z' },
        { from: '2027-10-01T10:00:00Z', to: '2027-10-01T14:00:00Z' },
      ],
    },
  },
} satisfies Contract
