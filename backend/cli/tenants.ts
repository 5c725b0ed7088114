import { accessApi } from '../../shared/api/access.ts'
import { platformContext, platformTenantId } from '../core/platform-tenant.ts'
import { createTenant, listTrees, type NewTenant } from '../modules/tenants/index.ts'
import { type Group, UsageError } from './command.ts'
import { table } from './table.ts'

/** Checks what makes an organisation by the schema of the API. */
export function parseNewTenant(given: { slug: string; name: string; kind: string }): NewTenant {
  const parsed = accessApi['POST /api/v1/tenants'].body.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${issue?.path.join('.')} is not valid: ${issue?.message}`)
}

export const tenants: Group = {
  list: {
    summary: 'List every organisation',
    options: {},
    async run() {
      const data = await listTrees([platformTenantId], 100_000)
      return {
        result: { data },
        text: table(data.map(({ slug, kind, name, id }) => [slug, kind, name, id])),
      }
    },
  },
  create: {
    summary: 'Add an organisation',
    options: {
      slug: { value: '<slug>', description: 'Short name: a-z, 0-9 and dashes', required: true },
      name: { value: '<name>', description: 'Its name', required: true },
      kind: { value: '<kind>', description: 'school (default), trust, local-authority or sandbox' },
      parent: { value: '<slug>', description: 'Organisation above it; the platform where absent' },
    },
    async run({ tenant }, given) {
      const wanted = parseNewTenant({
        slug: given.required('slug'),
        name: given.required('name'),
        kind: given.option('kind') ?? 'school',
      })
      const parent = given.option('parent')
      const ctx = parent === undefined ? platformContext('cli') : await tenant(parent)
      const made = await createTenant(ctx, wanted)
      return { result: made, text: `Organisation ${made.slug} is made (${made.id})` }
    },
  },
}
