import { z } from 'zod'
import type { DeliveryNode } from '../qti/delivery.ts'
import { type Contract, Id, IdParams, ListQuery, listOf, Timestamps } from './contract.ts'

/** An assessment item as anyone may see it: never its key. */
export const Item = z.object({
  id: Id,
  identifier: z.string().meta({ description: "The item's identifier in its QTI source" }),
  title: z.string(),
  language: z.string().nullable(),
  interactions: z.array(z.string()).meta({ description: 'QTI interaction kinds in body order' }),
  maxScore: z.number(),
  source: z.object({ file: z.string(), importId: z.string() }),
  launchUrl: z.string().meta({ description: "The item's LTI target link URI" }),
  ...Timestamps,
})
export type Item = z.output<typeof Item>

export const ImportReport = z.object({
  id: Id,
  imported: z.array(
    z.object({
      id: Id,
      file: z.string(),
      title: z.string(),
      unchanged: z.boolean(),
      notes: z
        .array(z.string())
        .meta({ description: 'What the source holds and learners are not shown' }),
    }),
  ),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
  assets: z.number().int(),
})
export type ImportReport = z.output<typeof ImportReport>

/** The item as delivered to a learner; what else it might hold is cut off. */
export const DeliveredItem = z.object({
  title: z.string(),
  language: z.string().nullable(),
  body: z
    .array(z.custom<DeliveryNode>((node) => typeof node === 'string' || typeof node === 'object'))
    .readonly()
    .meta({ description: 'Text, elements `{kind, tag, attributes, children}` and interactions' }),
})

export const Score = z.object({ score: z.number(), maxScore: z.number() })

export const Attempt = z.object({
  id: Id,
  itemId: Id,
  status: z.enum(['open', 'submitted']),
  score: z.number().nullable(),
  maxScore: z.number(),
  submittedAt: z.iso.datetime().nullable(),
  gradePassback: z
    .enum(['none', 'pending', 'sent', 'failed'])
    .meta({ description: "Whether the score reached the platform's gradebook" }),
  ...Timestamps,
})

const itemFileTypes = ['application/zip', 'application/xml', 'text/xml', 'application/octet-stream']

export const itemsApi = {
  'GET /api/v1/items': {
    summary: 'List assessment items',
    access: 'launch',
    scope: 'items.read',
    query: ListQuery.extend({ q: z.string().max(200).optional() }),
    response: listOf(Item),
  },
  'GET /api/v1/items/:id': {
    summary: 'Get one assessment item',
    access: 'launch',
    scope: 'items.read',
    params: IdParams,
    response: Item,
  },
  'GET /api/v1/items/:id/preview': {
    summary: 'Get an item as a learner would see it, without starting an attempt',
    access: 'launch',
    scope: 'items.read',
    params: IdParams,
    response: DeliveredItem,
  },
  'DELETE /api/v1/items/:id': {
    summary: 'Delete an item',
    description: 'Attempts and their scores are kept.',
    access: 'tenant',
    scope: 'items.write',
    params: IdParams,
    status: 204,
  },
  'POST /api/v1/items/import': {
    summary: 'Import a QTI 3 item (XML) or package (zip)',
    description:
      'The body is the file. Every file of a package is either imported or listed with the reason. Importing the same item again replaces it and keeps its id.',
    access: 'tenant',
    scope: 'items.write',
    query: z.object({ fileName: z.string().min(1).max(255) }),
    upload: { contentTypes: itemFileTypes, maxBytes: 50 * 1024 * 1024 },
    response: ImportReport,
    status: 201,
    errors: ['payload_too_large', 'unsupported_media_type'],
  },
  'POST /api/v1/attempts': {
    summary: 'Start an attempt at an item',
    access: 'launch',
    scope: 'attempts.write',
    body: z.object({ itemId: Id }),
    response: z.object({ id: Id, item: DeliveredItem }),
    status: 201,
  },
  'GET /api/v1/attempts': {
    summary: 'List attempts, newest first',
    access: 'tenant',
    scope: 'attempts.read',
    query: ListQuery.extend({ itemId: Id.optional() }),
    response: listOf(Attempt),
  },
  'GET /api/v1/attempts/:id': {
    summary: 'Get one attempt',
    description: 'A launch sees only the attempts it started.',
    access: 'launch',
    scope: 'attempts.read',
    params: IdParams,
    response: Attempt,
  },
  'POST /api/v1/attempts/:id/submit': {
    summary: 'Submit the responses of an attempt; the server scores them',
    access: 'launch',
    scope: 'attempts.write',
    params: IdParams,
    body: z.object({
      responses: z.record(
        z.string().max(200),
        z.array(z.union([z.string().max(10_000), z.number(), z.boolean()])).max(200),
      ),
    }),
    response: Score,
    errors: ['conflict'],
  },
} satisfies Contract
