import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const resource = 'res_01kfr3n5d8g2j4m6q9s1v3x7za'
const embed = 'emb_01kfr3nb3e5h7k0n2r4t6w8y1c'
const links = { resource: '/api/v1/resources/:resourceId' } as const

const EmbedData = z.object({
  embedId: EventId,
  kind: z.enum(['item', 'resource']),
  targetId: EventId,
})

export const contentEvents = describeEvents({
  'resource.created': {
    title: 'Resource created',
    description: 'A resource was added to the library.',
    schema: z.object({ resourceId: EventId }),
    example: { resourceId: resource },
    personalData: false,
    subject: 'resourceId',
    links,
  },
  'resource.updated': {
    title: 'Resource updated',
    description: 'A library resource was changed; `fields` names what.',
    schema: z.object({ resourceId: EventId, fields: z.array(z.string()) }),
    example: { resourceId: resource, fields: ['name', 'about'] },
    personalData: false,
    subject: 'resourceId',
    links,
  },
  'resource.deleted': {
    title: 'Resource deleted',
    description: 'A library resource was deleted.',
    schema: z.object({ resourceId: EventId }),
    example: { resourceId: resource },
    personalData: false,
    subject: 'resourceId',
    links: {},
  },
  'embed.created': {
    title: 'Embed created',
    description: 'A snippet was made that shows an item or a resource on any web page.',
    schema: EmbedData,
    example: { embedId: embed, kind: 'resource', targetId: resource },
    personalData: false,
    subject: 'embedId',
    links: { embed: '/api/v1/embeds/:embedId' },
  },
  'embed.withdrawn': {
    title: 'Embed withdrawn',
    description: 'A snippet was withdrawn: pages that hold it no longer show anything.',
    schema: EmbedData,
    example: { embedId: embed, kind: 'resource', targetId: resource },
    personalData: false,
    subject: 'embedId',
    links: {},
  },
})
