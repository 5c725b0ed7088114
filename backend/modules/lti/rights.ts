import type { LaunchTarget, LtiRole } from '../../../shared/lti.ts'
import type { Scope } from '../../../shared/scopes.ts'
import type { MessageType } from './checks/message-type.ts'
import type { Choice } from './resource-link-store.ts'

export interface Rights {
  readonly target: LaunchTarget
  readonly scopes: readonly Scope[]
  /** Ids of the only objects the launch opens; null: the whole tenant, for reading. */
  readonly limitedTo: readonly string[] | null
}

const choosers: readonly LtiRole[] = ['instructor', 'content-developer', 'administrator']
const readers: readonly LtiRole[] = [...choosers, 'teaching-assistant', 'learner']
const reviewers: readonly LtiRole[] = [...choosers, 'teaching-assistant']
const nothing: Rights = { target: { kind: 'none', id: null }, scopes: [], limitedTo: [] }

/** Whether someone may decide what a link opens. */
export function mayChoose(roles: readonly LtiRole[]): boolean {
  return roles.some((role) => choosers.includes(role))
}

/** Whether someone may see and correct the results of a course. */
export function mayReview(roles: readonly LtiRole[]): boolean {
  return !roles.includes('learner') && roles.some((role) => reviewers.includes(role))
}

/** What a launch may do: its roles grant it, its target limits it. */
export function rightsOf(
  messageType: MessageType,
  roles: readonly LtiRole[],
  chosen: Choice | { readonly kind: 'review'; readonly id: string } | undefined,
  /** What the chosen object leads on to. */
  steps: readonly string[] = [],
): Rights {
  if (messageType === 'LtiDeepLinkingRequest' || chosen === undefined) return chooserRights(roles)
  if (!roles.some((role) => readers.includes(role))) return nothing
  if (chosen.kind === 'review' || messageType === 'LtiSubmissionReviewRequest') {
    // Whose work it is, and who looks at it, is asked again with each request.
    return {
      target: { kind: 'review', id: chosen.id },
      scopes: ['lti.launch', 'lti.review'],
      limitedTo: [],
    }
  }
  return {
    target: chosen,
    scopes: scopesFor(chosen.kind, roles),
    limitedTo: [chosen.id, ...steps],
  }
}

const answering = ['items.read', 'attempts.write', 'attempts.read'] as const

function scopesFor(kind: Choice['kind'], roles: readonly LtiRole[]): readonly Scope[] {
  switch (kind) {
    case 'resource':
      return ['lti.launch', 'resources.read']
    case 'path':
      return ['lti.launch', 'paths.read', 'resources.read', ...answering]
    case 'item': {
      const learning: readonly Scope[] = ['lti.launch', ...answering]
      return mayReview(roles) ? [...learning, 'lti.review'] : learning
    }
    case 'dashboard':
      // Results are personal data: those of the course are for who teaches it.
      return mayReview(roles) ? ['lti.launch', 'lti.results'] : ['lti.launch']
  }
}

function chooserRights(roles: readonly LtiRole[]): Rights {
  if (!mayChoose(roles)) return nothing
  return {
    target: { kind: 'chooser', id: null },
    scopes: ['lti.launch', 'items.read', 'resources.read', 'paths.read', 'lti.deep-link'],
    limitedTo: null,
  }
}
