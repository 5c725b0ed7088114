export {
  type AnyJob,
  defineJob,
  type JobDefinition,
  JobGiveUp,
  JobRetry,
  type JobRun,
  type Jobs,
  JobWait,
} from './definition.ts'
export { LaneModel } from './lanes.ts'
export { createQueue, type Queue } from './queue.ts'
export { createJobs } from './runner.ts'
export { JobModel } from './store.ts'
