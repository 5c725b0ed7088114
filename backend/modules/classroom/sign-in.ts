import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type {
  ClassworkPerson,
  ClassworkPurpose,
  ConnectorClasswork,
} from '../../connector-kit/index.ts'
import type { TokenSealer } from '../../core/secrets/index.ts'
import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import type { ConnectionsAccess, OpenConnection } from '../connections/index.ts'
import { callbackUrl, Visit } from './addresses.ts'

const finishWithinMs = 10 * 60_000

/** What travels through Google and back, sealed. */
const Travelling = z.object({
  connectionId: z.string(),
  visit: Visit,
  verifier: z.string(),
  nonce: z.string(),
  /** Digest of the cookie of the browser in which it was begun. */
  browser: z.string(),
  asksAgain: z.boolean(),
  until: z.number(),
})
export type Travelling = z.output<typeof Travelling>

const purposes: Readonly<Record<Visit['view'], ClassworkPurpose>> = {
  discovery: 'attach',
  teacher: 'attach',
  review: 'attach',
  student: 'learn',
  work: 'open',
  publish: 'publish',
}

export interface SignInDeps {
  readonly connections: Pick<ConnectionsAccess, 'findWorking' | 'openAs'>
  readonly sealer: TokenSealer
  readonly publicUrl: string
  readonly now: () => Date
}

type AnyClasswork = ConnectorClasswork<Record<string, unknown>, Record<string, unknown>>

/** A connection in whose courses we place things, opened without anybody's token. */
export async function openSystem(
  { connections }: Pick<SignInDeps, 'connections'>,
  connectionId: string,
  signal: AbortSignal,
): Promise<{ ctx: TenantContext; opened: OpenConnection; classwork: AnyClasswork }> {
  const found = await connections.findWorking(connectionId)
  if (found === null) throw unknown()
  const ctx = systemContext(found.tenantId, 'classroom')
  const opened = await connections.openAs(ctx, connectionId, { purpose: 'classroom', signal }, null)
  return { ctx, opened, classwork: classworkOf(opened) }
}

export function classworkOf({ connector }: Pick<OpenConnection, 'connector'>): AnyClasswork {
  // A context belongs to the connector it was opened with.
  const classwork = connector.classwork as AnyClasswork | undefined
  if (!classwork) throw unknown()
  return classwork
}

function unknown(): AppError {
  return new AppError(
    'not_found',
    'This school’s connection with Google Classroom does not exist or is not in use',
  )
}

export const digestOf = (value: string): string =>
  createHash('sha256').update(value).digest('base64url')

/** Where the browser goes to sign in. */
export async function beginSignIn(
  deps: SignInDeps,
  begun: {
    readonly connectionId: string
    readonly visit: Visit
    readonly browser: string
    readonly asksAgain: boolean
  },
  signal: AbortSignal,
): Promise<string> {
  const { connectionId, visit, browser, asksAgain } = begun
  const { opened, classwork } = await openSystem(deps, connectionId, signal)
  const verifier = randomBytes(48).toString('base64url')
  const nonce = randomBytes(16).toString('base64url')
  const state = {
    connectionId,
    visit,
    verifier,
    nonce,
    browser: digestOf(browser),
    asksAgain,
    until: deps.now().getTime() + finishWithinMs,
  } satisfies Travelling
  return classwork.authorizationUrl({
    config: opened.context.config,
    credentials: opened.context.credentials,
    state: deps.sealer.seal(JSON.stringify(state)),
    nonce,
    redirectUri: callbackUrl(deps.publicUrl),
    codeChallenge: digestOf(verifier),
    purpose: purposes[visit.view],
    loginHint: visit.login_hint ?? null,
    asksAgain,
  })
}

/** The state as it was sealed, brought back in time by the browser in which it was begun. */
export function readReturn(
  { sealer, now }: Pick<SignInDeps, 'sealer' | 'now'>,
  state: unknown,
  browser: string | undefined,
): Travelling {
  const text = typeof state === 'string' ? sealer.open(state) : null
  const parsed = Travelling.safeParse(text === null ? null : JSON.parse(text))
  if (!parsed.success) throw refused('The answer does not belong to anything that was begun here.')
  if (parsed.data.until < now().getTime()) throw refused('More than ten minutes have passed.')
  if (browser === undefined || digestOf(browser) !== parsed.data.browser) {
    throw refused('The sign-in was begun in another browser.')
  }
  return parsed.data
}

export async function redeemReturn(
  deps: SignInDeps,
  { connectionId, verifier, nonce }: Travelling,
  { code, error }: { readonly code?: unknown; readonly error?: unknown },
  signal: AbortSignal,
): Promise<{ ctx: TenantContext; person: ClassworkPerson }> {
  if (typeof code !== 'string') {
    throw refused(
      error === 'access_denied'
        ? 'You declined at Google. Nothing was opened.'
        : 'Google sent no answer that can be used.',
    )
  }
  const { ctx, opened, classwork } = await openSystem(deps, connectionId, signal)
  const person = await classwork.redeem(opened.context, {
    code,
    redirectUri: callbackUrl(deps.publicUrl),
    codeVerifier: verifier,
    nonce,
  })
  return { ctx, person }
}

function refused(message: string): AppError {
  return new AppError('forbidden', message)
}
