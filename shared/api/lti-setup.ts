import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'
import { LmsProduct } from './lti.ts'

/** A link with which an administrator of an LMS registers this tool there, once. */
export const RegistrationLink = z.object({
  id: Id,
  url: z.url().meta({
    description: 'To be entered in the LMS; shown this once, and good for one registration',
    examples: ['https://connect.example.org/lti/register?token=rgl_01kfr3r3t5w7y9b1d3f5h7k9mq.s3'],
  }),
  expiresAt: z.iso.datetime(),
})

export const RegistrationLinkBody = z.object({
  product: LmsProduct.optional(),
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'How people call the LMS; else what it calls itself' }),
})

const requestStatuses = ['waiting', 'approved', 'rejected'] as const

/** A deployment that launched and is not registered: nothing opens until somebody approves it. */
export const DeploymentRequest = z.object({
  id: Id,
  issuer: z.string(),
  clientId: z.string(),
  deploymentId: z.string(),
  product: LmsProduct,
  platformId: Id.nullable().meta({
    description: 'The registration it belongs to; null while more than one could be meant',
  }),
  candidates: z
    .array(z.object({ platformId: Id, tenantId: Id, name: z.string() }))
    .meta({ description: 'Registrations it may belong to' }),
  contextTitle: z
    .string()
    .nullable()
    .meta({ description: 'Course of the last launch', examples: ['Year 8 Mathematics'] }),
  platformName: z
    .string()
    .nullable()
    .meta({ description: 'What the LMS calls itself', examples: ['Larkfield Academy'] }),
  status: z.enum(requestStatuses),
  count: z.number().int().meta({ description: 'Launches refused so far' }),
  lastSeenAt: z.iso.datetime(),
  ...Timestamps,
})
export type DeploymentRequest = z.output<typeof DeploymentRequest>

export const DeploymentRequestList = listQuery({
  sort: ['-createdAt', 'updatedAt'],
  filters: {
    status: z.enum(requestStatuses).optional(),
    issuer: z.string().max(500).optional(),
    ...MadeBetween,
    ...ChangedBetween,
  },
})
export type DeploymentRequestList = z.output<typeof DeploymentRequestList>

/** One step of the test of a registration. */
export const PlatformTestStep = z.object({
  step: z.enum(['keys', 'token', 'authentication', 'launch']),
  status: z.enum(['ok', 'failed', 'unclear', 'skipped']).meta({
    description:
      '`unclear`: the LMS does not tell programs; `skipped`: an earlier step has to work first',
  }),
  summary: z.string().meta({ description: 'What was found, in plain words' }),
  whatToDo: z.string().nullable(),
})
export type PlatformTestStep = z.output<typeof PlatformTestStep>

export const PlatformTest = z.object({
  platformId: Id,
  ok: z.boolean().meta({ description: 'No step failed' }),
  steps: z.array(PlatformTestStep),
  lastLaunchAt: z.iso.datetime().nullable().meta({
    description: 'When somebody last came from this LMS, as far as launches are kept',
  }),
  testedAt: z.iso.datetime(),
})
export type PlatformTest = z.output<typeof PlatformTest>

export const PlatformTestBody = z.object({
  loginHint: z.string().min(1).max(500).optional().meta({
    description: 'Of a test learner, where the LMS answers for one without a browser',
  }),
  messageHint: z.string().max(2000).optional(),
})

export const ltiSetupApi = {
  'POST /api/v1/lti/registration-links': {
    summary: 'Make a link that registers this tool in an LMS by itself',
    description:
      'For LMSs with LTI dynamic registration (Moodle, Canvas, Brightspace and others). The link works once and ends after 24 hours.',
    access: 'tenant',
    scope: 'lti.write',
    body: RegistrationLinkBody,
    response: RegistrationLink,
    status: 201,
  },
  'GET /api/v1/lti/deployment-requests': {
    summary: 'List deployments that launched without being registered',
    description: 'Where an LMS serves many organisations, what is whose is decided by people.',
    access: 'tenant',
    scope: 'lti.read',
    query: DeploymentRequestList,
    response: listOf(DeploymentRequest),
  },
  'GET /api/v1/lti/deployment-requests/:id': {
    summary: 'Get one deployment that launched without being registered',
    access: 'tenant',
    scope: 'lti.read',
    params: IdParams,
    response: DeploymentRequest,
  },
  'POST /api/v1/lti/deployment-requests/:id/approve': {
    summary: 'Register a deployment; its launches are accepted from now on',
    access: 'tenant',
    scope: 'lti.write',
    params: IdParams,
    body: z.object({
      platformId: Id.optional().meta({
        description: 'The registration it goes to; needed where the request names none',
      }),
    }),
    response: DeploymentRequest,
    errors: ['lti_deployment_taken', 'lti_deployment_owner_unclear', 'conflict'],
  },
  'POST /api/v1/lti/deployment-requests/:id/reject': {
    summary: 'Decline a deployment; its launches stay refused',
    access: 'tenant',
    scope: 'lti.write',
    params: IdParams,
    response: DeploymentRequest,
    errors: ['conflict'],
  },
  'POST /api/v1/lti/platforms/:id/test': {
    summary: 'Test a registration step by step',
    description:
      'Reads the keys of the LMS, asks for an access token and sends an authentication request; where the LMS answers it for a test learner, the launch is checked like any other and opens nothing.',
    access: 'tenant',
    scope: 'lti.write',
    params: IdParams,
    body: PlatformTestBody,
    response: PlatformTest,
  },
} satisfies Contract
