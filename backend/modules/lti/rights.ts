import type { LaunchTarget, LtiRole } from '../../../shared/lti.ts'
import type { Scope } from '../../../shared/scopes.ts'
import type { MessageType } from './checks/message-type.ts'

export interface Rights {
  readonly target: LaunchTarget
  readonly scopes: readonly Scope[]
  /** Ids of the only objects the launch opens; null: the whole tenant, for reading. */
  readonly limitedTo: readonly string[] | null
}

const choosers: readonly LtiRole[] = ['instructor', 'content-developer', 'administrator']
const readers: readonly LtiRole[] = [...choosers, 'teaching-assistant', 'learner']
const nothing: Rights = { target: { kind: 'none', id: null }, scopes: [], limitedTo: [] }

/** Whether someone may decide what a link opens. */
export function mayChoose(roles: readonly LtiRole[]): boolean {
  return roles.some((role) => choosers.includes(role))
}

/** What a launch may do: its roles grant it, its target limits it. */
export function rightsOf(
  messageType: MessageType,
  roles: readonly LtiRole[],
  chosen: { readonly kind: 'item' | 'resource'; readonly id: string } | undefined,
): Rights {
  if (messageType === 'LtiDeepLinkingRequest' || chosen === undefined) return chooserRights(roles)
  if (!roles.some((role) => readers.includes(role))) return nothing
  return {
    target: chosen,
    scopes:
      chosen.kind === 'item'
        ? ['lti.launch', 'items.read', 'attempts.write', 'attempts.read']
        : ['lti.launch', 'resources.read'],
    limitedTo: [chosen.id],
  }
}

function chooserRights(roles: readonly LtiRole[]): Rights {
  if (!mayChoose(roles)) return nothing
  return {
    target: { kind: 'chooser', id: null },
    scopes: ['lti.launch', 'items.read', 'resources.read', 'lti.deep-link'],
    limitedTo: null,
  }
}
