import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { SessionGrant } from '../../../shared/lti.ts'
import type { BearerAuthenticator } from '../../core/http/index.ts'
import { newId } from '../../core/ids.ts'
import type { ContentDeps } from './deps.ts'
import { findVisit, insertVisit } from './embed-store.ts'
import { openPublicEmbed } from './embeds.ts'

const tokenPrefix = 'edp_embed_'
const lifeMs = 2 * 60 * 60_000
const scopesOfKind = {
  item: ['items.read', 'attempts.write', 'attempts.read'],
  resource: ['resources.read'],
} as const

export const EmbedSessionBody = z.object({ embedId: z.string().min(1).max(64) })

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Lets an anonymous visitor work with what an embed shows, in the shape of an opened launch. */
export async function openVisit(embedId: string, deps: ContentDeps): Promise<SessionGrant> {
  const embed = await openPublicEmbed(embedId, deps)
  if (typeof embed === 'string') {
    throw new AppError('not_found', 'This content was withdrawn by its owner, or never existed')
  }
  const { tenantId, kind, targetId } = embed.row
  const visitId = newId('visit')
  const token = tokenPrefix + randomBytes(32).toString('base64url')
  const expiresAt = new Date(deps.now().getTime() + lifeMs)
  await insertVisit({
    _id: visitId,
    tenantId,
    embedId,
    tokenDigest: digestOf(token),
    scopes: [...scopesOfKind[kind]],
    limitedTo: [targetId],
    expiresAt,
  })
  return {
    token,
    expiresAt: expiresAt.toISOString(),
    launch: {
      messageType: 'EdPsychEmbed',
      user: { id: visitId, roles: ['learner'] },
      target: { kind, id: targetId },
      context: null,
      resourceLink: null,
      lineItem: { present: false },
      deepLinking: null,
      platformOrigin: null,
      locale: null,
      returnUrl: null,
    },
  }
}

/** Recognises the bearer tokens of embed visits. */
export function visitAuthenticator({ now }: Pick<ContentDeps, 'now'>): BearerAuthenticator {
  return {
    prefix: tokenPrefix,
    async authenticate(token, { requestId, remoteAddress }) {
      const visit = await findVisit(digestOf(token), now())
      if (!visit) return undefined
      return {
        tenantId: visit.tenantId,
        principal: { kind: 'embed', id: visit._id },
        scopes: new Set(visit.scopes),
        limitedTo: visit.limitedTo,
        requestId,
        remoteAddress,
      }
    },
  }
}
