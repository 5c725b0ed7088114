import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps, WebAddress } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'

/** One paragraph-level block of a resource written in the library itself. */
export const ContentBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('heading'), text: z.string().max(300) }),
  z.object({ type: z.literal('paragraph'), text: z.string().max(5000) }),
  z.object({
    type: z.literal('list'),
    ordered: z.boolean(),
    entries: z.array(z.string().max(1000)).max(100),
  }),
])
export type ContentBlock = z.output<typeof ContentBlock>

/** LRMI / schema.org LearningResource, reduced to what the library holds. */
const ResourceFields = z.object({
  name: z.string().trim().min(1).max(200).meta({ title: 'Title' }),
  description: z.string().trim().max(2000),
  learningResourceType: z.enum(['lesson', 'activity', 'worksheet', 'video', 'article', 'guidance']),
  educationalLevel: z.string().max(100).nullable().meta({ title: 'Key stage or level' }),
  about: z.array(z.string().max(100)).max(20).meta({ title: 'Subjects' }),
  timeRequiredMinutes: z.number().int().positive().max(1000).nullable(),
  url: WebAddress.nullable().meta({
    title: 'Address',
    description: 'Where it opens, when it is hosted elsewhere',
  }),
  content: z.array(ContentBlock).max(200).meta({ title: 'Text of the resource' }),
  license: z.object({ name: z.string().max(200), url: WebAddress.nullable() }),
  attribution: z
    .string()
    .max(500)
    .meta({ title: 'Attribution', description: 'Who must be named, in the form they ask for' }),
  inLanguage: z.string().min(1).max(35),
})

const fields = ResourceFields.shape

/** A new resource: what is left out has its usual value. */
export const ResourceBody = ResourceFields.extend({
  description: fields.description.default(''),
  educationalLevel: fields.educationalLevel.default(null),
  about: fields.about.default([]),
  timeRequiredMinutes: fields.timeRequiredMinutes.default(null),
  url: fields.url.default(null),
  content: fields.content.default([]),
  inLanguage: fields.inLanguage.default('en-GB'),
})
export type ResourceBody = z.output<typeof ResourceBody>

/** A change of a resource. Built on the fields without defaults: a default would overwrite what is left out. */
export const ResourceChange = ResourceFields.partial()
export type ResourceChange = z.output<typeof ResourceChange>

export const Resource = ResourceFields.extend({
  id: Id,
  launchUrl: z.string().meta({ description: "The resource's LTI target link URI" }),
  shareUrl: z
    .string()
    .meta({ description: 'Public page to share, for example in Google Classroom' }),
  ...Timestamps,
})
export type Resource = z.output<typeof Resource>

/** A public, revocable way to show one item or resource on any web page. */
export const Embed = z.object({
  id: Id.meta({ description: 'Public: it stands in the snippet' }),
  kind: z.enum(['item', 'resource']),
  targetId: Id,
  allowedOrigins: z.array(z.string()).meta({ description: 'Sites that may frame it; empty: any' }),
  pageUrl: z.string().meta({ description: 'The page itself, for a plain link' }),
  snippet: z.string().meta({ description: 'HTML ready to paste' }),
  ...Timestamps,
})
export type Embed = z.output<typeof Embed>

const times = { ...MadeBetween, ...ChangedBetween }

export const ResourceList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'name'],
  filters: {
    q: z.string().max(200).optional().meta({ description: 'Words of its title and description' }),
    learningResourceType: ResourceFields.shape.learningResourceType.optional(),
    inLanguage: z.string().max(35).optional(),
    ...times,
  },
})
export type ResourceList = z.output<typeof ResourceList>

export const EmbedList = listQuery({
  sort: ['-createdAt', 'updatedAt'],
  filters: { targetId: Id.optional(), kind: Embed.shape.kind.optional(), ...times },
})
export type EmbedList = z.output<typeof EmbedList>

export const resourcesApi = {
  'GET /api/v1/resources': {
    summary: 'Search the resource library',
    access: 'launch',
    scope: 'resources.read',
    query: ResourceList,
    response: listOf(Resource),
  },
  'POST /api/v1/resources': {
    summary: 'Add a resource to the library',
    access: 'tenant',
    scope: 'resources.write',
    body: ResourceBody,
    response: Resource,
    status: 201,
  },
  'GET /api/v1/resources/:id': {
    summary: 'Get one resource',
    access: 'launch',
    scope: 'resources.read',
    params: IdParams,
    response: Resource,
  },
  'PATCH /api/v1/resources/:id': {
    summary: 'Change a resource',
    access: 'tenant',
    scope: 'resources.write',
    params: IdParams,
    body: ResourceChange,
    response: Resource,
    errors: ['precondition_failed'],
  },
  'DELETE /api/v1/resources/:id': {
    summary: 'Delete a resource',
    access: 'tenant',
    scope: 'resources.write',
    params: IdParams,
    status: 204,
  },
  'GET /api/v1/embeds': {
    summary: 'List embed snippets',
    access: 'tenant',
    scope: 'embeds.read',
    query: EmbedList,
    response: listOf(Embed),
  },
  'POST /api/v1/embeds': {
    summary: 'Make a snippet that shows one item or resource on any web page',
    access: 'tenant',
    scope: 'embeds.write',
    body: z.object({
      kind: z.enum(['item', 'resource']),
      targetId: Id,
      allowedOrigins: z.array(WebAddress).max(50).default([]),
    }),
    response: Embed,
    status: 201,
    errors: ['not_found'],
  },
  'GET /api/v1/embeds/:id': {
    summary: 'Get one embed snippet',
    access: 'tenant',
    scope: 'embeds.read',
    params: IdParams,
    response: Embed,
  },
  'DELETE /api/v1/embeds/:id': {
    summary: 'Withdraw a snippet: pages that hold it show that it was withdrawn',
    access: 'tenant',
    scope: 'embeds.write',
    params: IdParams,
    status: 204,
  },
} satisfies Contract
