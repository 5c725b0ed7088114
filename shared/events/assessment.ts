import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const item = 'itm_01kfr3m2c4q8x0v5n7t9b1d6ze'
const attempt = 'att_01kfr3m7x2n6p9s1w4y8c0e3gh'

export const assessmentEvents = describeEvents({
  'attempt.started': {
    title: 'Attempt started',
    description: 'Somebody opened an item and an attempt was begun.',
    schema: z.object({
      attemptId: EventId,
      itemId: EventId,
      launchSessionId: EventId.nullish(),
    }),
    example: { attemptId: attempt, itemId: item, launchSessionId: null },
    personalData: true,
    subject: 'attemptId',
    links: { attempt: '/api/v1/attempts/:attemptId', item: '/api/v1/items/:itemId' },
  },
  'attempt.submitted': {
    title: 'Attempt submitted',
    description: 'An attempt was handed in and scored by the server.',
    schema: z.object({
      attemptId: EventId,
      itemId: EventId,
      score: z.number(),
      maxScore: z.number(),
      submittedAt: z.iso.datetime(),
      launchSessionId: EventId.nullish(),
    }),
    example: {
      attemptId: attempt,
      itemId: item,
      score: 1,
      maxScore: 2,
      submittedAt: '2026-11-23T09:30:00.000Z',
      launchSessionId: null,
    },
    personalData: true,
    subject: 'attemptId',
    details: { fields: ['score', 'maxScore'], scope: 'attempts.read' },
    links: { attempt: '/api/v1/attempts/:attemptId', item: '/api/v1/items/:itemId' },
  },
  'attempt.corrected': {
    title: 'Result corrected',
    description: 'A person changed the score of a submitted attempt, or the comment on it.',
    schema: z.object({
      attemptId: EventId,
      itemId: EventId,
      score: z.number(),
      maxScore: z.number(),
      revision: z.number().int(),
    }),
    example: { attemptId: attempt, itemId: item, score: 2, maxScore: 2, revision: 2 },
    personalData: true,
    subject: 'attemptId',
    details: { fields: ['score', 'maxScore'], scope: 'attempts.read' },
    links: { attempt: '/api/v1/attempts/:attemptId', item: '/api/v1/items/:itemId' },
  },
  'item.imported': {
    title: 'Item imported',
    description: 'An assessment item was imported, or replaced by a newer version of itself.',
    schema: z.object({ itemId: EventId, importId: EventId }),
    example: { itemId: item, importId: 'imp_01kfr3m0a1b2c3d4e5f6g7h8jk' },
    personalData: false,
    subject: 'itemId',
    links: { item: '/api/v1/items/:itemId' },
  },
  'item.deleted': {
    title: 'Item deleted',
    description: 'An assessment item was deleted. Attempts at it and their scores are kept.',
    schema: z.object({ itemId: EventId }),
    example: { itemId: item },
    personalData: false,
    subject: 'itemId',
    links: {},
  },
})
