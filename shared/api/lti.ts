import { z } from 'zod'
import { targetKinds } from '../lti.ts'
import { type Contract, Id, IdParams, listOf, Timestamps, WebAddress } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'

const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .meta({ title: 'Name', description: 'How people call this LMS' })
const issuer = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .meta({ title: 'Issuer', description: 'Platform ID; for Moodle its address' })
const clientId = z.string().trim().min(1).max(255).meta({ title: 'Client ID' })
const deploymentIds = z
  .array(z.string().trim().min(1).max(255))
  .max(200)
  .meta({ title: 'Deployment IDs' })

/** Whose LMS it is: their quirks differ, the standard is one. */
export const LmsProduct = z
  .enum(['moodle', 'canvas', 'blackboard', 'other'])
  .meta({ title: 'Product', examples: ['moodle'] })
export type LmsProduct = z.output<typeof LmsProduct>

export const PlatformBody = z.object({
  name,
  issuer,
  clientId,
  authorizationEndpoint: WebAddress.meta({ title: 'Authentication request URL' }),
  tokenEndpoint: WebAddress.meta({ title: 'Access token URL' }),
  jwksUri: WebAddress.meta({ title: 'Public keyset URL' }),
  deploymentIds,
  allowAnonymous: z
    .boolean()
    .optional()
    .meta({ title: 'Allow anonymous launches', description: 'Accept launches without a user id' }),
  product: LmsProduct.optional(),
})
export type PlatformBody = z.output<typeof PlatformBody>

export const Platform = PlatformBody.required({ allowAnonymous: true, product: true }).extend({
  id: Id,
  registeredBy: z.enum(['hand', 'dynamic']).meta({
    description: '`dynamic`: the LMS and this tool registered each other over a link',
  }),
  services: z
    .object({ scopes: z.array(z.string()) })
    .nullable()
    .meta({
      description: 'What the LMS granted when it registered the tool; null where it did not say',
      examples: [{ scopes: ['https://purl.imsglobal.org/spec/lti-ags/scope/score'] }],
    }),
  ...Timestamps,
})
export type Platform = z.output<typeof Platform>

/** One use of this tool in an LMS, told apart by the LMS. */
export const Deployment = z.object({
  id: z.string().meta({ description: 'The deployment id that the LMS gave' }),
  platformId: Id,
  ...Timestamps,
})
export type Deployment = z.output<typeof Deployment>

const deploymentId = z.string().trim().min(1).max(255)

/** The addresses an LMS administrator is asked for. */
export const ToolConfiguration = z.object({
  toolUrl: z.string(),
  loginUrl: z.string(),
  redirectUri: z.string(),
  keysetUrl: z.string(),
  deepLinkUrl: z.string(),
  product: LmsProduct,
  values: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .meta({ description: 'What that LMS asks for, under the names and in the order of its form' }),
  json: z
    .record(z.string(), z.unknown())
    .nullable()
    .meta({ description: 'The same for an LMS that takes a JSON document (Canvas)' }),
  platform: z
    .object({
      issuer: z.string().nullable(),
      authorizationEndpoint: z.string().nullable(),
      tokenEndpoint: z.string().nullable(),
      jwksUri: z.string().nullable(),
    })
    .meta({
      description:
        'What is the same at every installation of that LMS; `{address}` and `{clientId}` stand for its web address and the client id',
    }),
})

export const ScoreDelivery = z.object({
  id: Id,
  attemptId: Id,
  platformId: Id,
  status: z.enum(['pending', 'sent', 'failed']),
  tries: z.number().int(),
  detail: z.string().nullable().meta({ description: 'Why it waits or failed, in plain words' }),
  nextTryAt: z.iso.datetime().nullable(),
  ...Timestamps,
})

const times = { ...MadeBetween, ...ChangedBetween }

export const PlatformList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'name'],
  filters: {
    issuer: z.string().max(500).optional(),
    clientId: z.string().max(255).optional(),
    ...times,
  },
})
export type PlatformList = z.output<typeof PlatformList>

export const DeploymentList = listQuery({ sort: ['-createdAt'], filters: MadeBetween })
export type DeploymentList = z.output<typeof DeploymentList>

export const DeliveryList = listQuery({
  sort: ['-createdAt', 'updatedAt'],
  filters: {
    status: ScoreDelivery.shape.status.optional(),
    platformId: Id.optional(),
    attemptId: Id.optional(),
    ...times,
  },
})
export type DeliveryList = z.output<typeof DeliveryList>

export const ContentChoice = z.object({ kind: z.enum(targetKinds), id: Id })
export type ContentChoice = z.output<typeof ContentChoice>

/** From when, until when, RFC 3339; what is left out or null is open. */
const TimeWindow = z
  .object({
    startDateTime: z.iso.datetime({ offset: true }).nullable().default(null),
    endDateTime: z.iso.datetime({ offset: true }).nullable().default(null),
  })
  .refine(
    ({ startDateTime, endDateTime }) =>
      startDateTime === null ||
      endDateTime === null ||
      Date.parse(startDateTime) < Date.parse(endDateTime),
    { path: ['endDateTime'], message: 'must be after startDateTime' },
  )

/** Names that begin so are this tool's own. */
const ownPrefix = 'edpsych_'

/** Something that was chosen, and how its link is to stand in the course (LTI-DL 2.0 §3.2). */
export const PlacedChoice = ContentChoice.extend({
  title: z.string().trim().min(1).max(200).optional().meta({ description: 'Absent: its own' }),
  text: z.string().trim().max(2000).optional(),
  lineItem: z
    .object({
      label: z.string().trim().min(1).max(200).optional(),
      scoreMaximum: z.number().positive().max(100_000).optional(),
      tag: z.string().trim().min(1).max(100).optional(),
    })
    .nullable()
    .optional()
    .meta({
      description:
        'The gradebook column; null: none. Absent: one with the marks of the assessment. Left out where the LMS accepts none.',
      examples: [{ scoreMaximum: 20 }],
    }),
  available: TimeWindow.optional().meta({ description: 'When the link can be opened' }),
  submission: TimeWindow.optional().meta({ description: 'When answers are taken' }),
  custom: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), z.string().max(1000))
    .refine((custom) => Object.keys(custom).length <= 20, { message: 'has at most 20 values' })
    .refine((custom) => !Object.keys(custom).some((name) => name.startsWith(ownPrefix)), {
      message: `has no names that begin with ${ownPrefix}`,
    })
    .optional()
    .meta({
      description: 'Values that the LMS brings back with each launch; it fills in `$Variables`',
      examples: [{ group: 'blue' }],
    }),
  presentation: z
    .enum(['iframe', 'window'])
    .optional()
    .meta({ description: 'Absent: whatever the LMS likes best' }),
})
export type PlacedChoice = z.output<typeof PlacedChoice>

export const ltiApi = {
  'GET /api/v1/lti/platforms': {
    summary: 'List registered LMSs (LTI platforms)',
    access: 'tenant',
    scope: 'lti.read',
    query: PlatformList,
    response: listOf(Platform),
  },
  'POST /api/v1/lti/platforms': {
    summary: 'Register an LMS',
    description:
      'Resolves and contacts nothing. An issuer, client id and deployment id belong to one tenant only.',
    access: 'tenant',
    scope: 'lti.write',
    body: PlatformBody,
    response: Platform,
    status: 201,
    errors: ['lti_deployment_taken', 'url_not_allowed'],
  },
  'GET /api/v1/lti/platforms/:id': {
    summary: 'Get one registered LMS',
    access: 'tenant',
    scope: 'lti.read',
    params: IdParams,
    response: Platform,
  },
  'PATCH /api/v1/lti/platforms/:id': {
    summary: 'Change a registered LMS',
    access: 'tenant',
    scope: 'lti.write',
    params: IdParams,
    body: PlatformBody.partial(),
    response: Platform,
    errors: ['lti_deployment_taken', 'conflict', 'precondition_failed', 'url_not_allowed'],
  },
  'DELETE /api/v1/lti/platforms/:id': {
    summary: 'Remove a registered LMS; its launches are refused from now on',
    access: 'tenant',
    scope: 'lti.write',
    params: IdParams,
    status: 204,
    errors: ['conflict', 'precondition_failed'],
  },
  'GET /api/v1/lti/platforms/:id/deployments': {
    summary: 'List the deployments of a registered LMS',
    access: 'tenant',
    scope: 'lti.read',
    params: IdParams,
    query: DeploymentList,
    response: listOf(Deployment),
  },
  'POST /api/v1/lti/platforms/:id/deployments': {
    summary: 'Add a deployment to a registered LMS; one that is there already stays',
    access: 'tenant',
    scope: 'lti.write',
    params: IdParams,
    body: z.object({ deploymentId }),
    response: Deployment,
    status: 201,
    errors: ['lti_deployment_taken', 'conflict'],
  },
  'DELETE /api/v1/lti/platforms/:id/deployments/:deploymentId': {
    summary: 'Remove a deployment; its launches are refused from now on',
    access: 'tenant',
    scope: 'lti.write',
    params: IdParams.extend({ deploymentId }),
    status: 204,
    errors: ['conflict'],
  },
  'GET /api/v1/lti/configuration': {
    summary: 'The addresses an LMS administrator is asked for',
    access: 'tenant',
    scope: 'lti.read',
    query: z.object({ product: LmsProduct.optional() }),
    response: ToolConfiguration,
    shared: true,
  },
  'GET /api/v1/lti/score-deliveries': {
    summary: 'List grades on their way to a gradebook, newest first',
    access: 'tenant',
    scope: 'lti.read',
    query: DeliveryList,
    response: listOf(ScoreDelivery),
  },
  'GET /api/v1/lti/score-deliveries/:id': {
    summary: 'Get one grade on its way to a gradebook',
    access: 'tenant',
    scope: 'lti.read',
    params: IdParams,
    response: ScoreDelivery,
  },
  'POST /api/v1/lti/score-deliveries/:id/retry': {
    summary: 'Try to deliver a grade again now',
    access: 'tenant',
    scope: 'lti.write',
    params: IdParams,
    response: ScoreDelivery,
    status: 202,
    errors: ['conflict'],
  },
  'POST /api/v1/lti/deep-linking': {
    summary: 'Answer the deep-linking request of this launch with what was chosen',
    description:
      'An empty list cancels. The page posts `jwt` as the form field `JWT` to `returnUrl`. In a visit from Google Classroom everything is placed by then: `jwt` is empty, and `returnUrl` is a page that says so.',
    access: 'launch',
    scope: 'lti.deep-link',
    body: z.object({ choices: z.array(PlacedChoice).max(50) }),
    response: z.object({ returnUrl: z.string(), jwt: z.string() }),
    errors: ['lti_not_deep_linking', 'lti_choice_not_accepted', 'not_found'],
  },
  'POST /api/v1/lti/resource-link': {
    summary: 'Choose what this resource link opens (launches at the front door)',
    access: 'launch',
    scope: 'lti.deep-link',
    body: ContentChoice,
    response: ContentChoice,
    errors: ['lti_not_at_front_door', 'not_found'],
  },
} satisfies Contract
