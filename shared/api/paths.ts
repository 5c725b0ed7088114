import { z } from 'zod'
import { type Contract, Id, IdParams, listOf, Timestamps } from './contract.ts'
import { ChangedBetween, listQuery, MadeBetween } from './list-query.ts'

const StepId = z
  .string()
  .regex(/^[a-z0-9_]{1,40}$/)
  .meta({ description: 'Stays when the step is moved', examples: ['step_1'] })

const StepFields = z.object({
  kind: z.enum(['item', 'resource']),
  targetId: Id.meta({ examples: ['itm_01kfr3m2c4q8x0v5n7t9b1d6ze'] }),
})

/** One step of a learning path: an assessment to answer, or a resource to look at. */
export const PathStep = StepFields.extend({
  id: StepId,
  title: z.string().nullable().meta({ description: 'Null where its target was deleted' }),
  maxScore: z.number().nullable().meta({ description: 'Null for a resource' }),
})
export type PathStep = z.output<typeof PathStep>

const PathStepBody = StepFields.extend({ id: StepId.optional() })

const PathFields = z.object({
  name: z.string().trim().min(1).max(200).meta({ title: 'Title' }),
  description: z.string().trim().max(2000),
  steps: z.array(PathStepBody).min(1).max(50).meta({ title: 'Steps', description: 'In order' }),
})

/** A new learning path: what is left out has its usual value. */
export const LearningPathBody = PathFields.extend({
  description: PathFields.shape.description.default(''),
})
export type LearningPathBody = z.output<typeof LearningPathBody>

export const LearningPathChange = PathFields.partial()
export type LearningPathChange = z.output<typeof LearningPathChange>

/** Assessments and resources in the order in which learners should take them. */
export const LearningPath = PathFields.extend({
  id: Id,
  steps: z.array(PathStep),
  launchUrl: z.string().meta({ description: "The path's LTI target link URI" }),
  ...Timestamps,
})
export type LearningPath = z.output<typeof LearningPath>

const StepDone = z.object({
  stepId: StepId,
  doneAt: z.iso.datetime(),
  score: z.number().nullable().meta({ description: 'Null for a resource' }),
  maxScore: z.number().nullable(),
})

/** How far the learner of a launch is. */
export const OwnProgress = z.object({ steps: z.array(StepDone) })
export type OwnProgress = z.output<typeof OwnProgress>

/** How far one learner is in one course. */
export const LearningPathProgress = z.object({
  id: Id,
  pathId: Id,
  learnerId: z.string().meta({ description: '`<LMS id>/<user id there>`' }),
  platformId: Id,
  contextId: z.string().nullable().meta({ description: "The LMS's id of the course" }),
  stepsDone: z.number().int(),
  steps: z.array(StepDone),
  ...Timestamps,
})
export type LearningPathProgress = z.output<typeof LearningPathProgress>

const times = { ...MadeBetween, ...ChangedBetween }

export const LearningPathList = listQuery({
  sort: ['-createdAt', 'updatedAt', 'name'],
  filters: {
    q: z.string().max(200).optional().meta({ description: 'Words of the title' }),
    ...times,
  },
})
export type LearningPathList = z.output<typeof LearningPathList>

export const ProgressList = listQuery({
  sort: ['-updatedAt', 'createdAt'],
  filters: { contextId: z.string().max(255).optional(), ...times },
})
export type ProgressList = z.output<typeof ProgressList>

export const pathsApi = {
  'GET /api/v1/learning-paths': {
    summary: 'List learning paths',
    access: 'launch',
    scope: 'paths.read',
    query: LearningPathList,
    response: listOf(LearningPath),
  },
  'POST /api/v1/learning-paths': {
    summary: 'Make a learning path of assessments and resources',
    access: 'tenant',
    scope: 'paths.write',
    body: LearningPathBody,
    response: LearningPath,
    status: 201,
    errors: ['not_found'],
  },
  'GET /api/v1/learning-paths/:id': {
    summary: 'Get one learning path',
    access: 'launch',
    scope: 'paths.read',
    params: IdParams,
    response: LearningPath,
  },
  'PATCH /api/v1/learning-paths/:id': {
    summary: 'Change a learning path; a step keeps its progress as long as its id stays',
    access: 'tenant',
    scope: 'paths.write',
    params: IdParams,
    body: LearningPathChange,
    response: LearningPath,
    errors: ['conflict', 'precondition_failed'],
  },
  'DELETE /api/v1/learning-paths/:id': {
    summary: 'Delete a learning path; its steps and what learners did stay',
    access: 'tenant',
    scope: 'paths.write',
    params: IdParams,
    status: 204,
  },
  'GET /api/v1/learning-paths/:id/progress': {
    summary: 'List how far learners are in a path, course by course',
    access: 'tenant',
    scope: 'attempts.read',
    params: IdParams,
    query: ProgressList,
    response: listOf(LearningPathProgress),
  },
  'GET /api/v1/learning-paths/:id/my-progress': {
    summary: 'How far the learner of this launch is',
    access: 'launch',
    scope: 'lti.launch',
    params: IdParams,
    response: OwnProgress,
    errors: ['forbidden'],
  },
  'POST /api/v1/learning-paths/:id/my-progress': {
    summary: 'Note that the learner of this launch has looked at a resource of the path',
    description:
      'Steps with an assessment are done when it is submitted. Repeating it changes nothing.',
    access: 'launch',
    scope: 'lti.launch',
    params: IdParams,
    body: z.object({ stepId: StepId }),
    response: OwnProgress,
    errors: ['forbidden', 'not_found'],
  },
} satisfies Contract
