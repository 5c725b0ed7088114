import { systemContext, type TenantContext } from '../../core/tenancy.ts'
import type { OpenConnection } from '../connections/index.ts'
import type { HooksOptions, SourceChange } from './definition.ts'
import {
  changeLine,
  endSilence,
  findLinesToLookAt,
  forgetLine,
  type LineRow,
} from './line-store.ts'
import { nextLookAt, pollEveryMs, silenceMs } from './silence.ts'

export interface WatchDeps extends HooksOptions {
  readonly sourceChanged: (ctx: TenantContext, change: SourceChange) => Promise<void>
}

const atOnce = 200
const cause = 'webhooks_stopped'

/** Looks at all lines whose time has come; a line on which messages stay away is polled instead. */
export async function watchLines(deps: WatchDeps, signal: AbortSignal): Promise<void> {
  for (;;) {
    const lines = await findLinesToLookAt(deps.now(), atOnce)
    for (const line of lines) {
      if (signal.aborted) return
      await lookAt(line, deps)
    }
    if (lines.length < atOnce) return
  }
}

async function lookAt(line: LineRow, deps: WatchDeps): Promise<void> {
  const { _id: connectionId, tenantId } = line
  const ctx = systemContext(tenantId, 'hooks')
  if (!(await deps.connections.findWorking(connectionId))) {
    // Paused, disabled or deleted: it is learned anew with its next message.
    await deps.problems.recovered(ctx, { connectionId, cause })
    await forgetLine(line)
    return
  }
  if (line.state === 'stopped') {
    await poll(ctx, line, deps)
    return
  }
  const now = deps.now()
  const isKnown = silenceMs(line.gapsMs) !== null
  const planned = nextLookAt(isKnown ? line.lastAt : now, line.gapsMs)
  if (planned > now) {
    await changeLine(line, { lookAt: planned })
  } else {
    await stop(ctx, line, deps)
  }
}

/** Messages stay away: subscribes anew where that is possible, tells, and asks by itself from now on. */
async function stop(ctx: TenantContext, line: LineRow, deps: WatchDeps): Promise<void> {
  const { _id: connectionId, lastAt, gapsMs } = line
  const now = deps.now()
  const everyMs = pollEveryMs(gapsMs)
  // The first question is asked at once, by the next look.
  if (!(await changeLine(line, { state: 'stopped', lookAt: now }))) return
  const silentMs = now.getTime() - lastAt.getTime()
  await deps.problems.report(ctx, {
    connectionId,
    cause,
    evidence: {
      kind: 'webhooks',
      detail: `The last message came at ${lastAt.toISOString()}, ${words(silentMs)} ago; until then pauses of ${words(silenceMs(gapsMs) ?? silentMs)} were not seen.`,
    },
  })
  await resubscribe(ctx, line, deps)
  await deps.problems.recordAct(ctx, {
    connectionId,
    cause,
    act: 'fall-back-to-polling',
    result: 'worked',
    before: 'The other system told us about changes.',
    after: `We ask for changes every ${words(everyMs)}.`,
    explanation:
      'No message came for much longer than usual, so changes are asked for until messages come again.',
    at: now,
  })
  deps.log.info({ connectionId, everyMs }, 'webhooks stopped, polling instead')
}

async function resubscribe(ctx: TenantContext, line: LineRow, deps: WatchDeps): Promise<void> {
  const { _id: connectionId } = line
  const url = hookUrlOf(deps.publicUrl, connectionId)
  let failure: unknown
  try {
    const opened = await open(ctx, connectionId, deps)
    const { webhook } = opened.connector.capabilities
    if (!webhook?.subscribe) return
    await webhook.subscribe(opened.context, url)
  } catch (error) {
    failure = error
  }
  const worked = failure === undefined
  await deps.problems.recordAct(ctx, {
    connectionId,
    cause,
    act: 'resubscribe',
    result: worked ? 'worked' : 'failed',
    before: 'No messages came.',
    after: worked ? 'Messages were ordered anew.' : 'Messages could not be ordered anew.',
    explanation: worked
      ? 'The other system may have ended our subscription, so it was asked for a new one.'
      : 'The other system did not take a new subscription; changes are asked for instead.',
    at: deps.now(),
  })
}

function open(
  ctx: TenantContext,
  connectionId: string,
  { connections }: WatchDeps,
): Promise<OpenConnection> {
  const signal = AbortSignal.timeout(20_000)
  return connections.open(ctx, connectionId, { signal, purpose: 'webhook.subscribe' })
}

async function poll(ctx: TenantContext, line: LineRow, deps: WatchDeps): Promise<void> {
  const { _id: connectionId, gapsMs, capabilities } = line
  const lookAt = new Date(deps.now().getTime() + pollEveryMs(gapsMs))
  if (!(await changeLine(line, { lookAt }))) return
  for (const capability of capabilities) {
    await deps.sourceChanged(ctx, { connectionId, capability, reason: 'polling' })
  }
}

/** A genuine message came on a line that was thought dead. */
export async function resume(ctx: TenantContext, line: LineRow, deps: WatchDeps): Promise<void> {
  const { _id: connectionId, gapsMs } = line
  const now = deps.now()
  if (!(await endSilence(line, nextLookAt(now, gapsMs)))) return
  await deps.problems.recovered(ctx, { connectionId, cause })
  await deps.problems.recordAct(ctx, {
    connectionId,
    cause,
    act: 'resume',
    result: 'worked',
    before: `We asked for changes every ${words(pollEveryMs(gapsMs))}.`,
    after: 'The other system tells us about changes.',
    explanation: 'Messages come again, so nothing has to be asked for between them.',
    at: now,
  })
}

/** Where the other system sends its messages. */
export function hookUrlOf(publicUrl: string, connectionId: string): string {
  return `${publicUrl}/hooks/${connectionId}`
}

function words(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 120) return minutes === 1 ? 'minute' : `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}
