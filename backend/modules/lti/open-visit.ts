import { newId } from '../../core/ids.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import type { ProvenVisit } from './elsewhere.ts'
import type { LaunchDeps } from './launch.ts'
import { appLocation, issueCode } from './launch-code.ts'
import { type Message, toLaunchRecord } from './launch-message.ts'
import { insertLaunch } from './session-store.ts'

const keptUnopenedMs = 2 * 60_000

/** A session for such a visit, like that of an LTI launch; answers the address that opens it once. */
export async function openVisit(
  { clock, targets }: Pick<LaunchDeps, 'clock' | 'targets'>,
  ctx: TenantContext,
  visit: ProvenVisit,
): Promise<string> {
  const now = clock()
  const id = newId('launch', now.getTime())
  const code = issueCode(id, now)
  const choice = visit.opens?.choice
  const steps = choice?.kind === 'path' ? await targets.stepsOf(ctx, choice.id) : []
  const { tenantId } = ctx
  const platform = { tenantId, _id: visit.connectionId, issuer: visit.frameOrigin ?? '' }
  const record = toLaunchRecord(messageOf(visit), platform, choice, undefined, steps)
  await insertLaunch({
    id,
    record: { ...record, gradebook: 'classwork' },
    code,
    purgeAt: new Date(code.expiresAt.getTime() + keptUnopenedMs),
    createdAt: now,
  })
  return appLocation(code)
}

function messageOf({ opens, course, ...visit }: ProvenVisit): Message {
  const type = typeOf(opens, visit.forUser)
  return {
    type,
    deploymentId: visit.connectionId,
    subject: visit.personId,
    roles: visit.roles,
    context: { id: course.id, ...(course.title !== null && { title: course.title }) },
    resourceLink: opens && { id: opens.placeId, title: opens.title },
    scoreService: opens?.hasColumn ? { lineItem: opens.placeId } : null,
    services: {
      membershipsUrl: null,
      lineItemsUrl: null,
      groupsUrl: null,
      groupSetsUrl: null,
      gradeScopes: [],
    },
    forUser: visit.forUser,
    deepLinking: opens
      ? null
      : {
          returnUrl: '',
          acceptTypes: ['ltiResourceLink'],
          acceptTargets: ['iframe'],
          acceptMultiple: true,
          acceptLineItem: true,
          title: null,
          text: null,
          dataJson: visit.dataJson,
        },
    history: undefined,
    locale: null,
    returnUrl: null,
  }
}

function typeOf(opens: ProvenVisit['opens'], forUser: string | null): Message['type'] {
  if (opens === null) return 'LtiDeepLinkingRequest'
  return forUser === null ? 'LtiResourceLinkRequest' : 'LtiSubmissionReviewRequest'
}
