import { Job } from '../../shared/api/operations.ts'
import { type Group, UsageError } from './command.ts'
import { everyPage } from './every-page.ts'
import { table } from './table.ts'

export const jobs: Group = {
  list: {
    summary: 'List background jobs, newest first',
    options: {
      tenant: { value: '<slug>', description: 'Short name; the platform where absent' },
      status: { value: '<status>', description: Job.shape.status.options.join(', ') },
    },
    async run({ tenant, services }, given) {
      const status = Job.shape.status.optional().safeParse(given.option('status'))
      if (!status.success) {
        throw new UsageError(`status is one of ${Job.shape.status.options.join(', ')}`)
      }
      const ctx = await tenant(given.option('tenant') ?? 'platform')
      const { queue } = await services()
      const data = await everyPage((query) => queue.list(ctx, { ...query, status: status.data }))
      const rows = data.map((job) => [
        job.id,
        job.name,
        job.status,
        String(job.attempts),
        job.error ?? '',
      ])
      return { result: { data }, text: table(rows) }
    },
  },
}
