import { type Group, tenantOption } from './command.ts'
import { table } from './table.ts'

export const audit: Group = {
  verify: {
    summary: 'Verify the audit trail of an organisation; names each entry that is not as written',
    options: tenantOption,
    async run({ tenant, services }, given) {
      const ctx = await tenant(given.required('tenant'))
      const { audit: trail } = await services()
      const verification = await trail.verify(ctx.tenantId)
      const { ok, entries, checkpoints, problems } = verification
      const rows = problems.map(({ seq, kind, detail }) => [`entry ${seq}`, kind, detail])
      return {
        result: verification,
        text: ok
          ? `The trail is whole: ${entries} entries, ${checkpoints} signed checkpoints`
          : `The trail was tampered with:\n${table(rows)}`,
        exitCode: ok ? 0 : 1,
      }
    },
  },
}
