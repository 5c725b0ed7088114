import type { z } from 'zod'
import type { RegistrationLink, RegistrationLinkBody } from '../../../../shared/api/lti-setup.ts'
import { AppError } from '../../../../shared/errors.ts'
import { recordAudit } from '../../../core/audit/index.ts'
import { newId } from '../../../core/ids.ts'
import type { TenantContext } from '../../../core/tenancy.ts'
import { digest, randomToken } from '../digest.ts'
import { findLink, insertLink, type LinkRow } from './link-store.ts'

const lifeMs = 24 * 3_600_000

interface LinkDeps {
  readonly publicUrl: string
  readonly clock: () => Date
}

/** A link to be entered in an LMS; its secret is kept as a digest only. */
export async function makeLink(
  { publicUrl, clock }: LinkDeps,
  ctx: TenantContext,
  { product, name }: z.output<typeof RegistrationLinkBody>,
): Promise<z.output<typeof RegistrationLink>> {
  const id = newId('rgl')
  const secret = randomToken()
  const createdAt = clock()
  const expiresAt = new Date(createdAt.getTime() + lifeMs)
  await insertLink(ctx, {
    _id: id,
    secretDigest: digest(secret),
    product: product ?? null,
    name: name ?? null,
    expiresAt,
    createdAt,
  })
  await recordAudit(ctx, {
    action: 'lti.registration-link.create',
    target: { type: 'lti.registration-link', id },
    fields: [],
    result: 'success',
  })
  return {
    id,
    url: `${publicUrl}/lti/register?token=${id}.${secret}`,
    expiresAt: expiresAt.toISOString(),
  }
}

/** The link of a token that a browser brings; a used, expired or invented one is refused alike. */
export async function openLink(token: string, now: Date): Promise<LinkRow> {
  const [id = '', secret = ''] = token.split('.')
  const link = /^rgl_\w+$/.test(id) ? await findLink(id, digest(secret), now) : null
  if (link) return link
  throw new AppError(
    'lti_registration_link_unknown',
    'A registration link works once and for 24 hours; make a new one',
  )
}
