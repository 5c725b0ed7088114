import type { Launch, LtiRole } from '../../shared/lti.ts'

/** What is picked for: the answer to a deep-linking request, or what a link opens from now on. */
export type Purpose = 'deep-link' | 'front-door'

/** What the page shows of a launch. */
export type LaunchView =
  | { readonly kind: 'item'; readonly id: string; readonly as: 'learner' | 'teacher' }
  | { readonly kind: 'resource'; readonly id: string }
  | { readonly kind: 'review' }
  | { readonly kind: 'picker'; readonly purpose: Purpose }
  | { readonly kind: 'nothing-chosen' | 'no-role' | 'no-links' }

const teachers: readonly LtiRole[] = [
  'instructor',
  'teaching-assistant',
  'content-developer',
  'administrator',
]

/** Whoever also learns in this course gets grades, so is shown what learners are shown. */
function isTeaching(roles: readonly LtiRole[]): boolean {
  return !roles.includes('learner') && roles.some((role) => teachers.includes(role))
}

/** Decides from the launch alone; what it may really do is the server's matter. */
export function viewOf(launch: Launch): LaunchView {
  const { messageType, target, user, deepLinking } = launch
  if (target.kind === 'item' && target.id !== null) {
    return { kind: 'item', id: target.id, as: isTeaching(user.roles) ? 'teacher' : 'learner' }
  }
  if (target.kind === 'review') return { kind: 'review' }
  if (target.kind === 'resource' && target.id !== null) return { kind: 'resource', id: target.id }
  if (target.kind === 'chooser') {
    if (messageType !== 'LtiDeepLinkingRequest') return { kind: 'picker', purpose: 'front-door' }
    const takesLinks = deepLinking?.acceptTypes.includes('ltiResourceLink') ?? false
    return takesLinks ? { kind: 'picker', purpose: 'deep-link' } : { kind: 'no-links' }
  }
  return { kind: user.roles.length > 0 ? 'nothing-chosen' : 'no-role' }
}
