import { randomBytes } from 'node:crypto'
import { findTool, type Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { storageTarget } from '../seen-by-tools.ts'
import type { Launch, ResourceLink, Tool } from '../state.ts'

const launchLifetimeMs = 10 * 60_000
/** A teacher may browse the tool's library for a while before choosing. */
const deepLinkingLifetimeMs = 4 * 3_600_000

export interface LaunchRequest {
  readonly kind: Launch['kind']
  readonly toolId: string
  readonly userId: string
  readonly courseId: string
  readonly linkId?: string
  readonly target: Launch['target']
}

/** Remembers who starts what, so that the tool's authentication request can be matched to it. */
export function startLaunch(lms: Lms, request: LaunchRequest): Launch {
  const id = randomBytes(9).toString('base64url')
  const lifetimeMs = request.kind === 'deep-linking' ? deepLinkingLifetimeMs : launchLifetimeMs
  const launch: Launch = {
    ...request,
    id,
    linkId: request.linkId,
    data: JSON.stringify({ course: request.courseId, launch: id }),
    expiresAt: lms.now() + lifetimeMs,
    step: 'started',
  }
  lms.state.launches[id] = launch
  void lms.changed()
  return launch
}

/** The activity a launch opens; one that was removed meanwhile is a refusal. */
export function findLink(lms: Lms, courseId: string, linkId: string | undefined): ResourceLink {
  const found = lms.state.links.find((link) => link.id === linkId && link.courseId === courseId)
  if (!found) throw new Refusal(404, 'unknown_activity', 'This activity is not in the course.')
  return found
}

/** OIDC third-party initiated login (LTI 1.3 Security Framework §5.1.1.1), Moodle's parameters. */
export function loginParameters(lms: Lms, launch: Launch): Record<string, string> {
  const tool = findTool(lms, launch.toolId)
  const storage = storageTarget(lms)
  return {
    iss: lms.issuer,
    target_link_uri: targetLinkUri(lms, tool, launch),
    login_hint: launch.userId,
    lti_message_hint: messageHint(launch),
    client_id: tool.clientId,
    lti_deployment_id: tool.deploymentId,
    ...lms.flavour.loginExtras(tool),
    ...(storage !== null && launch.target === 'iframe' ? { lti_storage_target: storage } : {}),
  }
}

/** Where the launch shall end inside the tool. */
export function targetLinkUri(lms: Lms, tool: Tool, launch: Launch): string {
  if (launch.kind === 'deep-linking') return tool.deepLinkUrl
  return findLink(lms, launch.courseId, launch.linkId).url
}

// Moodle's hint is JSON: a tool that does not echo it byte for byte fails here as there.
function messageHint({ id, linkId, courseId }: Launch): string {
  return JSON.stringify(
    linkId === undefined
      ? { courseid: Number(courseId), launchid: id }
      : { cmid: Number(linkId), launchid: id },
  )
}

/** The launch a message hint speaks of, or nothing when the hint is not one of ours. */
export function launchOfHint(lms: Lms, hint: string): Launch | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(hint)
  } catch {
    // Not JSON, so the tool did not echo what it was given.
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null || !('launchid' in parsed)) return undefined
  const launch = lms.state.launches[String(parsed.launchid)]
  if (!launch || launch.expiresAt <= lms.now()) return undefined
  return messageHint(launch) === hint ? launch : undefined
}
