import { accessApi } from '../../shared/api/access.ts'
import { roles } from '../../shared/scopes.ts'
import { createKey, listKeys, revokeKey } from '../modules/auth/index.ts'
import { type Arguments, type Group, tenantOption, UsageError } from './command.ts'
import { everyPage } from './every-page.ts'
import { table } from './table.ts'

const allScopes = roles['school-admin'].scopes

export const keys: Group = {
  list: {
    summary: 'List the API keys of an organisation, never the keys themselves',
    options: tenantOption,
    async run({ tenant }, given) {
      const ctx = await tenant(given.required('tenant'))
      const data = await everyPage((query) => listKeys(ctx, query))
      const rows = data.map((key) => [key.id, key.hint, key.name, stateOf(key.revokedAt)])
      return { result: { data }, text: table(rows) }
    },
  },
  create: {
    summary: 'Create an API key; it is shown once',
    options: {
      ...tenantOption,
      name: { value: '<name>', description: 'What it is for', required: true },
      scopes: { value: '<a,b>', description: 'Its rights; all of the organisation where absent' },
      mode: { value: '<mode>', description: 'live (default) or test' },
      'expires-in-days': { value: '<days>', description: '1 to 730, or never; 365 where absent' },
    },
    async run({ tenant, now }, given) {
      const wanted = parseKey(given)
      const made = await createKey(await tenant(given.required('tenant')), wanted, now())
      return { result: made, text: `${made.key}\nKeep it now: it is not shown again (${made.id})` }
    },
  },
  revoke: {
    summary: 'Withdraw an API key at once',
    argument: { name: '<id>', description: 'Id of the key: key_…' },
    options: tenantOption,
    async run({ tenant, now }, given) {
      const ctx = await tenant(given.required('tenant'))
      await revokeKey(ctx, given.argument, now())
      return {
        result: { id: given.argument, revoked: true },
        text: `The key ${given.argument} is withdrawn`,
      }
    },
  },
}

function stateOf(revokedAt: string | null): string {
  return revokedAt === null ? 'active' : `revoked ${revokedAt.slice(0, 10)}`
}

function parseKey(given: Arguments) {
  const days = given.option('expires-in-days')
  const scopes = given.option('scopes')
  const parsed = accessApi['POST /api/v1/keys'].body.safeParse({
    name: given.required('name'),
    mode: given.option('mode'),
    scopes: scopes?.split(',').map((scope) => scope.trim()) ?? allScopes,
    expiresInDays: days === 'never' ? null : days === undefined ? undefined : Number(days),
  })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UsageError(`${issue?.path.join('.')} is not valid: ${issue?.message}`)
}
