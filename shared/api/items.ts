import { z } from 'zod'
import type { DeliveryNode } from '../qti/delivery.ts'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween, MadeList } from './list-query.ts'

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

/** One version of an item's source; attempts stay with the version they began with. */
export const ItemRevision = z.object({
  id: Id,
  itemId: Id,
  file: z.string(),
  current: z.boolean().meta({ description: 'New attempts use this one' }),
  ...Timestamps,
})

/** The QTI source of an item, which holds its key. */
export const ItemSource = ItemRevision.extend({
  contentType: z.literal('application/xml'),
  content: z.string().meta({ description: 'The XML as it was imported' }),
  assets: z.array(
    z.object({ path: z.string(), url: z.string().meta({ description: 'Where the file is read' }) }),
  ),
})

export const ImportReport = z.object({
  id: Id,
  fileName: z.string(),
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
  ...Timestamps,
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

/** A submitted attempt as a gradebook sees it, in the words of OneRoster. */
export const Result = z.object({
  id: Id.meta({ description: 'The attempt it came from' }),
  itemId: Id,
  learnerId: z
    .string()
    .nullable()
    .meta({ description: '`<LMS id>/<user id there>`; null where nobody was launched' }),
  score: z.number(),
  maxScore: z.number(),
  scoreDate: z.iso.datetime(),
  scoreStatus: z.literal('fully graded'),
  comment: z.string().nullable().meta({ description: 'Of a person, for the learner' }),
  revision: z.number().int().meta({ description: 'One more with each correction, from 1' }),
  scoredAs: z.number().meta({ description: 'What the server scored before any correction' }),
  ...Timestamps,
})

export const ResultCorrection = z
  .object({
    score: z.number().min(0).max(1_000_000),
    comment: z.string().trim().max(2_000).meta({ description: 'Empty: none' }),
  })
  .partial()
  .refine((body) => body.score !== undefined || body.comment !== undefined, {
    error: 'Give a score, a comment or both',
  })
export type ResultCorrection = z.output<typeof ResultCorrection>

const times = { ...MadeBetween, ...ChangedBetween }

export const ItemList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'title'],
  filters: {
    q: z.string().max(200).optional().meta({ description: 'Words of the title' }),
    identifier: z.string().max(500).optional(),
    ...times,
  },
})
export type ItemList = z.output<typeof ItemList>

export const AttemptList = listQuery({
  sort: ['-createdAt', 'updatedAt'],
  filters: { itemId: Id.optional(), status: Attempt.shape.status.optional(), ...times },
})
export type AttemptList = z.output<typeof AttemptList>

export const ResultList = listQuery({
  sort: ['-scoreDate', 'createdAt', 'updatedAt'],
  filters: {
    itemId: Id.optional(),
    learnerId: z.string().max(400).optional(),
    from: MadeBetween.from.meta({ description: '`scoreDate` at or after this time' }),
    to: MadeBetween.to.meta({ description: '`scoreDate` at or before this time' }),
    ...ChangedBetween,
  },
})
export type ResultList = z.output<typeof ResultList>

const itemFileTypes = ['application/zip', 'application/xml', 'text/xml', 'application/octet-stream']

export const itemsApi = {
  'GET /api/v1/items': {
    summary: 'List assessment items',
    access: 'launch',
    scope: 'items.read',
    query: ItemList,
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
  'GET /api/v1/items/:id/revisions': {
    summary: 'List the versions of an item that were imported',
    access: 'tenant',
    scope: 'items.write',
    params: IdParams,
    query: MadeList,
    response: listOf(ItemRevision),
  },
  'GET /api/v1/items/:id/source': {
    summary: 'Get the QTI source of an item as it was imported, its key included',
    access: 'tenant',
    scope: 'items.write',
    params: IdParams,
    query: z.object({
      revisionId: Id.optional().meta({ description: 'An earlier version; absent: the current' }),
    }),
    response: ItemSource,
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
    errors: ['payload_too_large', 'unsupported_media_type', 'item_refused', 'package_refused'],
  },
  'GET /api/v1/imports': {
    summary: 'List the reports of imports, newest first',
    access: 'tenant',
    scope: 'items.read',
    query: MadeList,
    response: listOf(ImportReport),
  },
  'GET /api/v1/imports/:id': {
    summary: 'Get the report of one import: what became of every file',
    access: 'tenant',
    scope: 'items.read',
    params: IdParams,
    response: ImportReport,
  },
  'GET /api/v1/results': {
    summary: 'List results: submitted attempts with their scores, newest first',
    access: 'tenant',
    scope: 'attempts.read',
    query: ResultList,
    response: listOf(Result),
  },
  'GET /api/v1/results/:id': {
    summary: 'Get one result',
    access: 'tenant',
    scope: 'attempts.read',
    params: IdParams,
    response: Result,
  },
  'PATCH /api/v1/results/:id': {
    summary: 'Correct a result: its score, or a comment for the learner',
    description: 'The grade in the gradebook follows; it stays one grade.',
    access: 'tenant',
    scope: 'grades.write',
    params: IdParams,
    body: ResultCorrection,
    response: Result,
    errors: ['conflict', 'precondition_failed'],
  },
  'POST /api/v1/attempts': {
    summary: 'Start an attempt at an item',
    access: 'launch',
    scope: 'attempts.write',
    body: z.object({ itemId: Id }),
    response: z.object({ id: Id, item: DeliveredItem }),
    status: 201,
    errors: ['not_found'],
  },
  'GET /api/v1/attempts': {
    summary: 'List attempts, newest first',
    access: 'tenant',
    scope: 'attempts.read',
    query: AttemptList,
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
