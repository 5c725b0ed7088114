import type { Launch, LtiRole } from '../../shared/lti.ts'

/** What is picked for: the answer to a deep-linking request, or what a link opens from now on. */
export type Purpose = 'deep-link' | 'front-door'

/** What the page shows of a launch. */
export type LaunchView =
  | { readonly kind: 'item' | 'path'; readonly id: string; readonly as: 'learner' | 'teacher' }
  | { readonly kind: 'resource' | 'dashboard'; readonly id: string }
  | { readonly kind: 'review' }
  | { readonly kind: 'picker'; readonly purpose: Purpose }
  | { readonly kind: 'nothing-chosen' | 'no-role' | 'no-links' | 'teachers-only' }

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
  const { target, user } = launch
  const { kind, id } = target
  if (kind === 'review') return { kind }
  if (kind === 'chooser') return chooserOf(launch)
  if (kind === 'none' || id === null) {
    return { kind: user.roles.length > 0 ? 'nothing-chosen' : 'no-role' }
  }
  if (kind === 'resource') return { kind, id }
  if (kind === 'dashboard') {
    const maySee = user.roles.some((role) => teachers.includes(role))
    return maySee ? { kind, id } : { kind: 'teachers-only' }
  }
  return { kind, id, as: isTeaching(user.roles) ? 'teacher' : 'learner' }
}

function chooserOf({ messageType, deepLinking }: Launch): LaunchView {
  if (messageType !== 'LtiDeepLinkingRequest') return { kind: 'picker', purpose: 'front-door' }
  const takesLinks = deepLinking?.acceptTypes.includes('ltiResourceLink') ?? false
  return takesLinks ? { kind: 'picker', purpose: 'deep-link' } : { kind: 'no-links' }
}
