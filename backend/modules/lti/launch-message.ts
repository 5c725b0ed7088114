import type { LtiRole } from '../../../shared/lti.ts'
import { newId } from '../../core/ids.ts'
import type { DeepLinkingSettings } from './checks/deep-linking-settings.ts'
import type { MessageType } from './checks/message-type.ts'
import type { ResourceLink } from './checks/resource-link.ts'
import type { CopyHistory } from './copies/copy-history.ts'
import { originOf } from './frame-ancestors.ts'
import type { LaunchRecord } from './launch-record.ts'
import {
  type CourseContext,
  type CourseServices,
  type ScoreService,
  takesGrades,
} from './optional-claims.ts'
import type { PlatformRow } from './platforms/platform-store.ts'
import type { Choice } from './resource-link-store.ts'
import { rightsOf } from './rights.ts'

/** A message whose every check has passed, in our terms. */
export interface Message {
  readonly type: MessageType
  readonly deploymentId: string
  /** Null: an anonymous launch. */
  readonly subject: string | null
  readonly roles: readonly LtiRole[]
  readonly context: CourseContext | null
  readonly resourceLink: ResourceLink | null
  readonly scoreService: ScoreService | null
  readonly services: CourseServices
  /** Whose work a submission review is about. */
  readonly forUser: string | null
  readonly deepLinking: DeepLinkingSettings | null
  readonly history: CopyHistory | undefined
  readonly locale: string | null
  readonly returnUrl: string | null
}

/** What is kept of a launch. `postedFrom` is the Origin of the request that brought it. */
export function toLaunchRecord(
  message: Message,
  platform: Pick<PlatformRow, '_id' | 'tenantId' | 'issuer'>,
  chosen: Choice | { readonly kind: 'review'; readonly id: string } | undefined,
  postedFrom: string | undefined,
  steps: readonly string[] = [],
): LaunchRecord {
  const { target, scopes, limitedTo } = rightsOf(message.type, message.roles, chosen, steps)
  const { deepLinking } = message
  // The score of one step is not the grade of its path: each assessment of a path has a column of its own.
  const scoreService = target.kind === 'path' ? null : message.scoreService
  return {
    tenantId: platform.tenantId,
    platformId: platform._id,
    deploymentId: message.deploymentId,
    subject: message.subject,
    scopes,
    limitedTo,
    scoreService,
    services: message.services,
    forUser: message.forUser,
    deepLinking,
    ...(message.history && { history: message.history }),
    launch: {
      messageType: message.type,
      user: { id: message.subject ?? newId('anon'), roles: [...message.roles] },
      target,
      context: message.context,
      resourceLink: message.resourceLink,
      lineItem: { present: takesGrades(scoreService, message.services) },
      deepLinking: deepLinking && {
        acceptMultiple: deepLinking.acceptMultiple,
        acceptTypes: [...deepLinking.acceptTypes],
        acceptLineItem: deepLinking.acceptLineItem ?? true,
        acceptTargets: [...deepLinking.acceptTargets],
        ...(deepLinking.title === null ? {} : { title: deepLinking.title }),
        ...(deepLinking.text === null ? {} : { text: deepLinking.text }),
      },
      platformOrigin:
        originOf(message.returnUrl ?? deepLinking?.returnUrl) ??
        originOf(postedFrom) ??
        originOf(platform.issuer),
      locale: message.locale,
      returnUrl: message.returnUrl,
    },
  }
}
