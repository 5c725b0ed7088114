export {
  type AnyJob,
  defineJob,
  type EnqueueOptions,
  type JobDefinition,
  JobGiveUp,
  JobRetry,
  type JobRun,
  type JobStatus,
  type Jobs,
  type JobView,
} from './definition.ts'
export { LaneModel } from './lanes.ts'
export { createQueue, type Queue } from './queue.ts'
export { createJobs, type JobsOptions } from './runner.ts'
export { JobModel } from './store.ts'
