import { z } from 'zod'
import { type AnyJob, defineJob } from '../../core/jobs/index.ts'
import { type RemoveDeps, removeDeadSandboxes } from './remove-sandbox.ts'

const hourMs = 3_600_000

/** Deletes sandboxes that nobody has used for 30 days. */
export function defineExpiryJob(deps: RemoveDeps): AnyJob {
  return defineJob({
    name: 'sandbox.expire',
    input: z.object({}),
    every: hourMs,
    async run(_ctx, _input, { signal }) {
      await removeDeadSandboxes(deps, signal)
    },
  })
}
