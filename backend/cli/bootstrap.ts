import { AppError } from '../../shared/errors.ts'
import { roles } from '../../shared/scopes.ts'
import { platformContext } from '../core/platform-tenant.ts'
import { systemContext } from '../core/tenancy.ts'
import { createKey, ensureTenantAdministrator } from '../modules/auth/index.ts'
import { createTenant, findTenantBySlug } from '../modules/tenants/index.ts'
import type { Group } from './command.ts'
import { parseNewTenant } from './tenants.ts'

export const bootstrap: Group = {
  '': {
    summary: 'Make an organisation and its administrator if missing, and a new API key',
    options: {
      tenant: { value: '<slug>', description: 'Short name of the organisation', required: true },
      name: { value: '<name>', description: 'Its name; the short name where absent' },
      kind: { value: '<kind>', description: 'school (default), trust, local-authority or sandbox' },
      email: {
        value: '<address>',
        description: 'E-mail of the administrator; admin@<slug>.example where absent',
      },
    },
    async run({ now }, given) {
      const slug = given.required('tenant')
      const tenant = await ensureTenant(
        parseNewTenant({
          slug,
          name: given.option('name') ?? slug,
          kind: given.option('kind') ?? 'school',
        }),
      )
      const ctx = systemContext(tenant.id, 'cli')
      const administrator = await ensureTenantAdministrator(
        ctx,
        { slug, email: given.option('email') },
        now(),
      )
      const { key } = await createKey(
        ctx,
        {
          name: 'Made by the command line',
          scopes: roles['school-admin'].scopes,
          expiresInDays: 365,
        },
        now(),
      )
      const result = {
        tenantId: tenant.id,
        tenantSlug: slug,
        adminEmail: administrator.email,
        adminPassword: administrator.password,
        apiKey: key,
      }
      return { result, text: describe(result) }
    },
  },
}

async function ensureTenant(wanted: ReturnType<typeof parseNewTenant>) {
  const found = await findTenantBySlug(wanted.slug)
  if (found?.kind === 'platform') {
    throw new AppError('invalid_request', 'The platform has its administrator; choose another slug')
  }
  if (found) return found
  try {
    return await createTenant(platformContext('cli'), wanted)
  } catch (error) {
    // The same command in another terminal was faster.
    const made = isConflict(error) ? await findTenantBySlug(wanted.slug) : null
    if (!made) throw error
    return made
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof AppError && error.code === 'conflict'
}

function describe(result: {
  tenantSlug: string
  adminEmail: string
  adminPassword: string | null
  apiKey: string
}): string {
  return [
    `Organisation   ${result.tenantSlug}`,
    `Administrator  ${result.adminEmail}`,
    `Password       ${result.adminPassword ?? 'unchanged; `admin reset-password` makes a new one'}`,
    `API key        ${result.apiKey}   (shown once)`,
  ].join('\n')
}
