import type { z } from 'zod'
import { keysApi } from '../../shared/api/keys.ts'
import { roles } from '../../shared/scopes.ts'
import { createKey, listKeys, revokeKey, rotateKey } from '../modules/auth/index.ts'
import { type Arguments, type Group, tenantOption, UsageError } from './command.ts'
import { everyPage } from './every-page.ts'
import { table } from './table.ts'

const allScopes = roles['school-admin'].scopes

export const keys: Group = {
  list: {
    summary: 'List the API keys of an organisation, never the keys themselves',
    options: tenantOption,
    async run({ tenant, now }, given) {
      const ctx = await tenant(given.required('tenant'))
      const data = await everyPage((query) => listKeys(ctx, query, now()))
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
      networks: { value: '<a,b>', description: 'CIDR ranges it may be used from' },
      mode: {
        value: '<mode>',
        description: 'Follows from the organisation; another one is refused',
      },
      'expires-in-days': { value: '<days>', description: '1 to 730, or never; 365 where absent' },
    },
    async run({ tenant, now }, given) {
      const wanted = parseKey(given)
      const made = await createKey(await tenant(given.required('tenant')), wanted, now())
      return { result: made, text: `${made.key}\nKeep it now: it is not shown again (${made.id})` }
    },
  },
  rotate: {
    summary: 'Give an API key a new secret; the one before works on for the overlap',
    argument: { name: '<id>', description: 'Id of the key: key_…' },
    options: {
      ...tenantOption,
      'overlap-seconds': { value: '<seconds>', description: '0 to 604800; 86400 where absent' },
    },
    async run({ tenant, now }, given) {
      const ctx = await tenant(given.required('tenant'))
      const made = await rotateKey(ctx, given.argument, parseOverlap(given), now())
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

function words(text: string | undefined): string[] | undefined {
  return text?.split(',').map((word) => word.trim())
}

function parseKey(given: Arguments) {
  const days = given.option('expires-in-days')
  return parsed(keysApi['POST /api/v1/keys'].body, {
    name: given.required('name'),
    mode: given.option('mode'),
    scopes: words(given.option('scopes')) ?? allScopes,
    allowedNetworks: words(given.option('networks')),
    expiresInDays: days === 'never' ? null : days === undefined ? undefined : Number(days),
  })
}

function parseOverlap(given: Arguments) {
  const seconds = given.option('overlap-seconds')
  return parsed(keysApi['POST /api/v1/keys/:id/rotate'].body, {
    overlapSeconds: seconds === undefined ? undefined : Number(seconds),
  })
}

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new UsageError(`${issue?.path.join('.')} is not valid: ${issue?.message}`)
}
