import type { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { SessionBody, type SessionGrant } from '../../../shared/lti.ts'
import type { BearerAuthenticator } from '../../core/http/index.ts'
import type { TenantContext } from '../../core/tenancy.ts'
import { tellCopy } from './copies/tell-copy.ts'
import type { RememberCourse } from './courses/remember-course.ts'
import { launchIdOf, makeHandle } from './handle.ts'
import {
  findSession,
  findSessionByToken,
  isUsedCode,
  openLaunch,
  type SessionRow,
  tokenPrefix,
} from './session-store.ts'

const lifeMs = 2 * 60 * 60_000
/** A grade may wait for days until its platform can take it. */
const keptMs = 14 * 24 * 60 * 60_000

export interface SessionDeps {
  readonly clock: () => Date
  /** Address of the stylesheet with an organisation's colours; null: it has none of its own. */
  stylesheetOf(tenantId: string): Promise<string | null>
  readonly rememberCourse: RememberCourse
}

/** Exchanges the one-time code of a launch for the bearer token that its frame works with. */
export async function openSession(
  { clock, stylesheetOf, rememberCourse }: SessionDeps,
  body: unknown,
): Promise<z.output<typeof SessionGrant>> {
  const parsed = SessionBody.safeParse(body)
  if (!parsed.success) {
    throw new AppError('lti_request_malformed', 'Send {"code": "…"} with the code of the launch')
  }
  const { code } = parsed.data
  const now = clock()
  const id = launchIdOf(code)
  if (id === null) throw unknownCode()
  const token = `${tokenPrefix}${makeHandle(id)}`
  const expiresAt = new Date(now.getTime() + lifeMs)
  const purgeAt = new Date(now.getTime() + keptMs)
  const opened = await openLaunch({ id, code, token, expiresAt, purgeAt, now })
  if (opened === null) throw await refusedCode(id, code)
  const [stylesheetUrl, copy] = await Promise.all([
    stylesheetOf(opened.tenantId),
    tellCopy(opened, now),
    rememberCourse(opened, opened),
  ])
  const launch = copy ? { ...opened.launch, copy } : opened.launch
  return { token, expiresAt: expiresAt.toISOString(), launch, stylesheetUrl }
}

async function refusedCode(id: string, code: string): Promise<AppError> {
  if (!(await isUsedCode(id, code))) return unknownCode()
  return new AppError(
    'lti_code_used',
    'This launch was opened already; open the activity again from the course page',
  )
}

function unknownCode(): AppError {
  return new AppError(
    'lti_code_unknown',
    'The code of this launch is unknown or older than a minute; open the activity again from the course page',
  )
}

/** Recognises the bearer tokens of launches. */
export function createLaunchAuthenticator({
  clock,
}: Pick<SessionDeps, 'clock'>): BearerAuthenticator {
  return {
    prefix: tokenPrefix,
    async authenticate(token, request) {
      const session = await findSessionByToken(token, clock())
      return session ? contextOf(session, request) : undefined
    },
  }
}

function contextOf(
  session: SessionRow,
  request: { readonly requestId: string; readonly remoteAddress: string },
): TenantContext {
  const { _id, tenantId, platformId, launch, scopes, limitedTo } = session
  return {
    tenantId,
    // Two platforms of one school may both have a user 2.
    principal: { kind: 'launch', id: _id, userId: `${platformId}/${launch.user.id}` },
    scopes: new Set(scopes),
    requestId: request.requestId,
    remoteAddress: request.remoteAddress,
    ...(limitedTo === null ? {} : { limitedTo }),
  }
}

/** The launch that a request acts in. */
export async function currentLaunch(ctx: TenantContext): Promise<SessionRow> {
  const session = ctx.principal.kind === 'launch' ? await findSession(ctx, ctx.principal.id) : null
  if (session === null) {
    throw new AppError('forbidden', 'Only a launch from an LMS can do this')
  }
  return session
}
