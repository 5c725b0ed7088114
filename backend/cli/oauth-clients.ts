import type { z } from 'zod'
import { oauthApi } from '../../shared/api/oauth.ts'
import {
  approve,
  createClient,
  listClients,
  rotateClientSecret,
  updateClient,
} from '../modules/oauth/index.ts'
import { type Group, tenantOption, UsageError } from './command.ts'
import { everyPage } from './every-page.ts'
import { table } from './table.ts'

const id = { name: '<id>', description: 'Id of the application: app_…' }

export const oauthClients: Group = {
  list: {
    summary: 'List the OAuth applications of an organisation',
    options: tenantOption,
    async run({ tenant, now }, given) {
      const ctx = await tenant(given.required('tenant'))
      const data = await everyPage((query) => listClients(ctx, query, now()))
      const rows = data.map((client) => [
        client.id,
        client.kind,
        client.name,
        client.disabledAt === null ? 'active' : 'disabled',
        client.withheldScopes.length > 0 ? `waits: ${client.withheldScopes.join(',')}` : '',
      ])
      return { result: { data }, text: table(rows) }
    },
  },
  create: {
    summary: 'Register an OAuth application; its secret is shown once',
    options: {
      ...tenantOption,
      name: { value: '<name>', description: 'As people read it', required: true },
      contact: { value: '<e-mail>', description: 'Where people ask about it', required: true },
      purpose: { value: '<text>', description: 'What it does with the data', required: true },
      scopes: { value: '<a,b>', description: 'What it may ask for', required: true },
      'redirect-uris': { value: '<a,b>', description: 'Where people are sent back to' },
      'grant-types': {
        value: '<a,b>',
        description:
          'authorization_code, refresh_token, client_credentials; the first two where absent',
      },
      kind: { value: '<kind>', description: 'confidential (default) or public' },
      'home-page': { value: '<url>', description: 'Its home page' },
      'privacy-notice': { value: '<url>', description: 'Its privacy notice' },
    },
    async run({ tenant, now, config: { settings } }, given) {
      const wanted = parsed(oauthApi['POST /api/v1/oauth-clients'].body, {
        name: given.required('name'),
        contact: given.required('contact'),
        purpose: given.required('purpose'),
        scopes: words(given.option('scopes')),
        redirectUris: words(given.option('redirect-uris')),
        grantTypes: words(given.option('grant-types')),
        kind: given.option('kind'),
        homePage: given.option('home-page'),
        privacyNotice: given.option('privacy-notice'),
      })
      const ctx = await tenant(given.required('tenant'))
      const made = await createClient(ctx, wanted, { settings, now })
      return { result: made, text: showOnce(made) }
    },
  },
  'rotate-secret': {
    summary: 'Give an application a new secret; the one before works on for the overlap',
    argument: id,
    options: {
      ...tenantOption,
      'overlap-seconds': { value: '<seconds>', description: '0 to 604800; 86400 where absent' },
    },
    async run({ tenant, now }, given) {
      const seconds = given.option('overlap-seconds')
      const overlap = parsed(oauthApi['POST /api/v1/oauth-clients/:id/rotate-secret'].body, {
        overlapSeconds: seconds === undefined ? undefined : Number(seconds),
      })
      const ctx = await tenant(given.required('tenant'))
      const made = await rotateClientSecret(ctx, given.argument, overlap, now())
      return { result: made, text: showOnce(made) }
    },
  },
  disable: {
    summary: 'Stop an application and all its tokens',
    argument: id,
    options: tenantOption,
    async run({ tenant, now, config: { settings } }, given) {
      const ctx = await tenant(given.required('tenant'))
      const result = await updateClient(ctx, given.argument, { disabled: true }, { settings, now })
      return { result, text: `The application ${given.argument} is disabled` }
    },
  },
  approve: {
    summary: 'Approve sensitive rights of an application for an organisation',
    argument: id,
    options: {
      ...tenantOption,
      scopes: { value: '<a,b>', description: 'The rights to approve', required: true },
      reason: { value: '<text>', description: 'Why, as recorded', required: true },
    },
    async run({ tenant, now }, given) {
      const decision = parsed(oauthApi['POST /api/v1/oauth-clients/:id/approvals'].body, {
        scopes: words(given.option('scopes')),
        reason: given.required('reason'),
      })
      const ctx = await tenant(given.required('tenant'))
      const result = await approve(ctx, given.argument, decision, now())
      return { result, text: `Approved for ${given.argument}: ${decision.scopes.join(', ')}` }
    },
  },
}

function showOnce({ id, clientSecret }: { id: string; clientSecret: string | null }): string {
  return clientSecret === null
    ? `client_id ${id}`
    : `client_id     ${id}\nclient_secret ${clientSecret}\nKeep the secret now: it is not shown again`
}

function words(text: string | undefined): string[] | undefined {
  return text?.split(',').map((word) => word.trim())
}

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new UsageError(`${issue?.path.join('.')} is not valid: ${issue?.message}`)
}
