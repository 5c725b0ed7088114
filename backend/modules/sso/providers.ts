import type { Page } from '../../../shared/api/contract.ts'
import type {
  IdentityProvider,
  ProviderBody,
  ProviderChanges,
  ProviderList,
} from '../../../shared/api/sso.ts'
import { AppError } from '../../../shared/errors.ts'
import { recordAudit } from '../../core/audit/index.ts'
import { assertIfMatch } from '../../core/etag.ts'
import { newId } from '../../core/ids.ts'
import { showPage } from '../../core/lists/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { addressesOf } from './addresses.ts'
import type { SsoParts } from './deps.ts'
import { deleteIdentitiesOf } from './identity-store.ts'
import { deleteLoginsOf } from './login-store.ts'
import { findPolicy, forgetProvider } from './policy-store.ts'
import {
  deleteProvider,
  findProvider,
  findProviderPage,
  findProvidersOf,
  insertProvider,
  type OidcSide,
  type ProviderRow,
  replaceProvider,
  type SamlSide,
} from './provider-store.ts'
import { readFromProvider } from './read-from-provider.ts'
import { describeCertificate, readMetadata } from './saml/metadata.ts'

export function showProvider(publicUrl: string, row: ProviderRow): IdentityProvider {
  const addresses = addressesOf(publicUrl, row)
  const isSaml = row.protocol === 'saml'
  return {
    id: row._id,
    name: row.name,
    protocol: row.protocol,
    preset: row.preset,
    enabled: row.enabled,
    createsAccounts: row.createsAccounts,
    defaultRole: row.defaultRole,
    roleMapping: row.roleMapping.map(({ value, role }) => ({ value, role })),
    emailClaim: row.emailClaim,
    nameClaim: row.nameClaim,
    roleClaim: row.roleClaim,
    saml: row.saml && {
      entityId: row.saml.entityId,
      signInUrl: row.saml.signInUrl,
      signOutUrl: row.saml.signOutUrl,
      certificates: row.saml.certificates.map(describeCertificate),
      metadataUrl: row.saml.metadataUrl,
      metadataReadAt: row.saml.metadataReadAt.toISOString(),
      metadataProblem: row.saml.metadataProblem,
    },
    oidc: row.oidc && {
      issuer: row.oidc.issuer,
      clientId: row.oidc.clientId,
      hasSecret: row.oidc.sealedSecret !== null,
      hostedDomain: row.oidc.hostedDomain,
    },
    addresses: {
      signIn: addresses.signIn,
      entityId: isSaml ? addresses.entityId : null,
      acs: isSaml ? addresses.acs : null,
      metadata: isSaml ? addresses.entityId : null,
      signOut: isSaml ? addresses.signOut : null,
      redirectUri: isSaml ? null : addresses.redirectUri,
    },
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    lastTest: row.lastTest && {
      at: row.lastTest.at.toISOString(),
      steps: row.lastTest.steps,
      claims: row.lastTest.claims,
    },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

export async function listProviders(
  { settings }: SsoParts,
  ctx: TenantContext,
  query: ProviderList,
): Promise<Page<IdentityProvider>> {
  return showPage(await findProviderPage(ctx, query), (row) =>
    showProvider(settings.publicUrl, row),
  )
}

export async function mustFindProvider(ctx: TenantContext, id: string): Promise<ProviderRow> {
  const row = await findProvider(ctx, id)
  if (row === null) throw new AppError('not_found', `The identity provider ${id} does not exist`)
  return row
}

export async function addProvider(
  deps: SsoParts,
  ctx: TenantContext,
  body: ProviderBody,
): Promise<IdentityProvider> {
  const _id = newId('idp')
  const row = await insertProvider({
    _id,
    tenantId: ctx.tenantId,
    name: body.name,
    protocol: body.protocol,
    preset: body.preset,
    enabled: body.enabled,
    createsAccounts: body.createsAccounts,
    defaultRole: body.defaultRole,
    roleMapping: body.roleMapping,
    emailClaim: body.emailClaim ?? null,
    nameClaim: body.nameClaim ?? null,
    roleClaim: body.roleClaim ?? null,
    saml: body.protocol === 'saml' ? await samlSide(deps, body) : null,
    oidc: body.protocol === 'oidc' ? await oidcSide(deps, ctx, _id, body) : null,
    lastSignInAt: null,
    lastTest: null,
  })
  await audit(ctx, 'create', _id, Object.keys(body))
  return showProvider(deps.settings.publicUrl, row)
}

export async function changeProvider(
  deps: SsoParts,
  ctx: TenantContext,
  id: string,
  changes: ProviderChanges,
  ifMatch: string | undefined,
): Promise<IdentityProvider> {
  const row = await mustFindProvider(ctx, id)
  assertIfMatch(ifMatch, showProvider(deps.settings.publicUrl, row))
  if (changes.enabled === false) await assertNotNeeded(ctx, row)
  const { metadataUrl, metadataXml, clientId, clientSecret, hostedDomain, ...common } = changes
  const saml = row.saml && (metadataUrl || metadataXml) ? await samlSide(deps, changes) : row.saml
  const oidc = row.oidc && {
    ...row.oidc,
    ...(clientId !== undefined && { clientId }),
    ...(hostedDomain !== undefined && { hostedDomain }),
    ...(clientSecret !== undefined && { sealedSecret: await seal(deps, ctx, id, clientSecret) }),
  }
  const given = Object.fromEntries(
    Object.entries(common).filter(([, value]) => value !== undefined),
  )
  return save(deps, ctx, row, { ...given, saml, oidc }, Object.keys(changes))
}

async function save(
  deps: SsoParts,
  ctx: TenantContext,
  row: ProviderRow,
  change: Partial<ProviderRow>,
  fields: readonly string[],
): Promise<IdentityProvider> {
  const stored = await replaceProvider(ctx, row, change)
  if (stored === null) {
    throw new AppError(
      'conflict',
      'Somebody else changed this provider meanwhile; look at it again',
    )
  }
  await audit(ctx, 'update', row._id, fields)
  return showProvider(deps.settings.publicUrl, stored)
}

export async function removeProvider(
  deps: SsoParts,
  ctx: TenantContext,
  id: string,
  ifMatch: string | undefined,
): Promise<undefined> {
  const row = await mustFindProvider(ctx, id)
  assertIfMatch(ifMatch, showProvider(deps.settings.publicUrl, row))
  await assertNotNeeded(ctx, row)
  await deleteProvider(ctx, id)
  await Promise.all([
    deleteIdentitiesOf(ctx, id),
    deleteLoginsOf(ctx.tenantId, id),
    forgetProvider(ctx, id),
  ])
  await audit(ctx, 'delete', id, [])
  return undefined
}

/** Where everybody must sign in with a provider, the last one that works stays. */
async function assertNotNeeded(ctx: TenantContext, row: ProviderRow): Promise<void> {
  if (!(await findPolicy(ctx.tenantId))?.enforced) return
  const others = (await findProvidersOf([ctx.tenantId])).filter(
    ({ _id, lastSignInAt }) => _id !== row._id && lastSignInAt !== null,
  )
  if (others.length > 0) return
  throw new AppError(
    'conflict',
    'Everybody must sign in with this provider; let people use passwords again first',
  )
}

/** Reads metadata again; a certificate that it no longer names is no longer good. */
export async function refreshMetadata(
  deps: SsoParts,
  ctx: TenantContext,
  row: ProviderRow,
): Promise<IdentityProvider> {
  const metadataUrl = row.saml?.metadataUrl
  if (!row.saml || !metadataUrl) {
    throw new AppError('conflict', 'This provider has no metadata address; give its file again')
  }
  const saml = await samlSide(deps, { metadataUrl })
  if (saml.entityId !== row.saml.entityId) {
    throw new AppError(
      'sso_metadata_invalid',
      `The metadata now describes ${saml.entityId}, not ${row.saml.entityId}; add it as a provider of its own`,
    )
  }
  return save(deps, ctx, row, { saml }, ['saml'])
}

async function samlSide(
  deps: Pick<SsoParts, 'outgoing' | 'now'>,
  source: { readonly metadataUrl?: string | undefined; readonly metadataXml?: string | undefined },
): Promise<SamlSide> {
  const { metadataUrl, metadataXml } = source
  if (metadataXml === undefined && metadataUrl === undefined) {
    throw new AppError(
      'sso_metadata_invalid',
      'Give the address of the provider’s metadata, or the file itself',
    )
  }
  const xml = metadataXml ?? (await fetchMetadata(deps, metadataUrl ?? ''))
  return {
    ...readMetadata(xml),
    metadataUrl: metadataXml === undefined ? (metadataUrl ?? null) : null,
    metadataReadAt: deps.now(),
    metadataProblem: null,
  }
}

async function fetchMetadata({ outgoing }: Pick<SsoParts, 'outgoing'>, url: string) {
  const answer = await readFromProvider(outgoing, {
    url,
    purpose: 'sso.metadata',
    accept: 'application/samlmetadata+xml, application/xml;q=0.9, text/xml;q=0.8',
  })
  if (answer.status !== 200) {
    throw new AppError(
      'sso_metadata_invalid',
      `There is no metadata at this address (${answer.status})`,
    )
  }
  return answer.text
}

async function oidcSide(
  deps: SsoParts,
  ctx: TenantContext,
  id: string,
  body: Extract<ProviderBody, { protocol: 'oidc' }>,
): Promise<OidcSide> {
  await deps.discover(body.issuer)
  return {
    issuer: body.issuer,
    clientId: body.clientId,
    sealedSecret:
      body.clientSecret === undefined ? null : await seal(deps, ctx, id, body.clientSecret),
    hostedDomain: body.hostedDomain ?? null,
  }
}

const secretField = (id: string) => `sso.provider.${id}.secret`

function seal({ secrets }: SsoParts, ctx: TenantContext, id: string, secret: string) {
  return secrets.encrypt(ctx, secretField(id), secret)
}

export async function openSecret(
  { secrets }: Pick<SsoParts, 'secrets'>,
  { _id, tenantId, oidc }: ProviderRow,
): Promise<string | null> {
  if (!oidc || oidc.sealedSecret === null) return null
  return secrets.decrypt({ tenantId }, secretField(_id), oidc.sealedSecret)
}

async function audit(
  ctx: TenantContext,
  verb: string,
  id: string,
  fields: readonly string[],
): Promise<void> {
  await recordAudit(ctx, {
    action: `sso.provider.${verb}`,
    target: { type: 'identity-provider', id },
    fields: [...fields],
    result: 'success',
  })
}
