import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const pathId = 'pth_01kfr3n7f9h2k5n8q1s4v6x0zb'
const links = { path: '/api/v1/learning-paths/:pathId' } as const

export const pathEvents = describeEvents({
  'path.created': {
    title: 'Learning path created',
    description: 'A learning path was made of assessments and resources.',
    schema: z.object({ pathId: EventId }),
    example: { pathId },
    personalData: false,
    subject: 'pathId',
    links,
  },
  'path.updated': {
    title: 'Learning path changed',
    description: 'A learning path was changed; `fields` names what.',
    schema: z.object({ pathId: EventId, fields: z.array(z.string()) }),
    example: { pathId, fields: ['steps'] },
    personalData: false,
    subject: 'pathId',
    links,
  },
  'path.deleted': {
    title: 'Learning path deleted',
    description: 'A learning path was deleted; its steps stay.',
    schema: z.object({ pathId: EventId }),
    example: { pathId },
    personalData: false,
    subject: 'pathId',
    links: {},
  },
})
