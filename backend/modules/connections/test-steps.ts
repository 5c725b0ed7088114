import type { ConnectionTest, TestStep } from '../../../shared/api/connections.ts'
import { AppError } from '../../../shared/errors.ts'
import { type Connector, ConnectorError, type TokenSource } from '../../connector-kit/index.ts'
import { failureOf } from './check.ts'
import { checkConfig } from './check-values.ts'
import type { ConnectionsDeps } from './deps.ts'
import type { AnyContext, Opener, Target } from './open.ts'
import { capabilityNames } from './show.ts'

const stepTimeoutMs = 20_000
/** Some vendors begin with pages of other things. */
const mostPages = 5
const nothing = 'Answered, with nothing in it yet'

/** What a step found, in words; it throws where it failed. */
type Look = () => Promise<string>

interface Step {
  readonly id: string
  readonly title: string
  readonly look: Look
}

const signInCodes: ReadonlySet<string> = new Set(['unauthorised', 'forbidden', 'invalid_grant'])

const readTitles: Readonly<Record<string, string>> = {
  'roster.pull': 'People and classes',
  'courses.pull': 'Courses and members',
  'content.search': 'Search',
  'timetable.pull': 'Timetable',
  'attendance.pull': 'Attendance',
}

/**
 * Tries settings and credentials on the other system, step by step; a failed step skips those after it.
 * `consent` is null where a person has to consent first and has not.
 */
export async function runTest(
  target: Target,
  consent: TokenSource | null | undefined,
  { deps, opener }: { readonly deps: ConnectionsDeps; readonly opener: Opener },
): Promise<ConnectionTest> {
  const { connector } = target
  const options = (purpose: string) => ({
    purpose,
    signal: AbortSignal.timeout(stepTimeoutMs),
    timeoutMs: stepTimeoutMs,
    retries: 0,
  })
  // A trial must not be refused for failures of the settings before.
  opener.forget(target.connectionId)
  const open = (purpose: string) => opener.use(target, options(purpose), consent ?? undefined)
  // One call tells whether the sign-in is right and whether the answer is.
  let health: Promise<string> | undefined
  const askHealth = () => {
    health ??= (async () => (await connector.health(open('test')))?.detail ?? '')()
    return health
  }

  const steps: Step[] = [
    {
      id: 'settings',
      title: 'Settings',
      look: async () => {
        checkConfig(connector, target.config)
        return 'Complete'
      },
    },
    { id: 'address', title: 'Address', look: () => lookAtAddress(target, deps) },
    {
      id: 'credentials',
      title: 'Sign-in',
      look: async () => {
        await askHealth().catch((error: unknown) => {
          const { code } = failureOf(error, deps)
          if (signInCodes.has(code) || code === 'invalid_settings') throw error
        })
        return 'Accepted'
      },
    },
    {
      id: 'answer',
      title: 'Answer',
      look: async () => (await askHealth()) || `${connector.name} answers as it should`,
    },
    ...capabilityNames(connector)
      .filter((name) => name in readTitles)
      .map((name) => ({
        id: name,
        title: readTitles[name] ?? name,
        look: () => readSome(connector, name, open(`test.${name}`)),
      })),
  ]
  return consent === null
    ? runSteps(
        steps.slice(0, 2),
        steps.slice(2),
        'A person has to authorise it after it is saved',
        deps,
      )
    : runSteps(steps, [], '', deps)
}

async function runSteps(
  steps: readonly Step[],
  later: readonly Step[],
  whyLater: string,
  deps: ConnectionsDeps,
): Promise<ConnectionTest> {
  const done: TestStep[] = []
  let failed: string | null = null
  for (const step of steps) {
    if (failed !== null) {
      done.push(skipped(step, `Not tried, because "${failed}" failed`))
      continue
    }
    const shown = await runStep(step, deps)
    done.push(shown)
    if (shown.status === 'failed') failed = step.title
  }
  for (const step of later) {
    done.push(skipped(step, failed === null ? whyLater : `Not tried, because "${failed}" failed`))
  }
  return { ok: failed === null, steps: done }
}

function skipped({ id, title }: Step, detail: string): TestStep {
  return { id, title, status: 'skipped', detail, whatToDo: null, code: null, durationMs: 0 }
}

async function runStep({ id, title, look }: Step, deps: ConnectionsDeps): Promise<TestStep> {
  const started = performance.now()
  const took = () => Math.round(performance.now() - started)
  try {
    const detail = await look()
    return { id, title, status: 'passed', detail, whatToDo: null, code: null, durationMs: took() }
  } catch (error) {
    const { code, message } =
      error instanceof AppError
        ? { code: error.code, message: error.message }
        : failureOf(error, deps)
    const { what, whatToDo } = inTwo(message)
    return { id, title, status: 'failed', detail: what, whatToDo, code, durationMs: took() }
  }
}

/** Messages say first what happened and then what to do. */
function inTwo(message: string): { readonly what: string; readonly whatToDo: string | null } {
  const [, what = message, rest = ''] = /^(.+?[.:;])\s+(\p{Lu}.*)$/su.exec(message) ?? []
  return { what: what.replace(/[:;]$/, '.'), whatToDo: rest || null }
}

/** Whether something answers there at all, without any credentials. */
async function lookAtAddress(
  { connector, config, credentials }: Target,
  deps: ConnectionsDeps,
): Promise<string> {
  const { url } = connector.base({
    config: checkConfig(connector, config),
    credentials: { ...credentials },
    accessToken: undefined,
  })
  const { host } = new URL(url)
  try {
    const { status } = await deps.outgoing.request({
      url,
      purpose: 'connection.test.address',
      timeoutMs: 10_000,
      retries: 0,
      maxBytes: 4 * 1024 * 1024,
      ownBreaker: true,
    })
    return `${host} answers (status ${status})`
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'upstream_response_too_large') {
      if (error instanceof AppError) return `${host} answers`
      throw error
    }
    throw new ConnectorError(
      'reject',
      `${error.message}. Check the address; if it is right, the other system is down or does not let us in.`,
      { code: error.code === 'url_not_allowed' ? 'refused_address' : 'unreachable', cause: error },
    )
  }
}

async function readSome(connector: Connector, name: string, context: AnyContext): Promise<string> {
  const { capabilities } = connector
  if (name === 'content.search') {
    const { items = [] } =
      (await capabilities.content?.search(context, { text: 'maths', limit: 3 })) ?? {}
    return items.length === 0
      ? 'Answered, with nothing found for "maths"'
      : `Found "${items[0]?.title}"`
  }
  const [kind = ''] = name.split('.')
  const pull = capabilities[kind as 'roster' | 'courses']?.pull
  if (!pull) return 'Nothing to read'
  let pages = 0
  for await (const page of pull(context, undefined)) {
    pages += 1
    const words = inWords(page)
    if (words !== nothing || pages >= mostPages) return words
  }
  return nothing
}

/** Numbers, never names: what is tested is no reason to show people. */
function inWords(page: object): string {
  const counts = Object.entries(page)
    .filter((entry): entry is [string, readonly unknown[]] => Array.isArray(entry[1]))
    .filter(([, rows]) => rows.length > 0)
    .map(([kind, rows]) => `${rows.length} ${kind}`)
  return counts.length === 0
    ? 'Answered, with nothing in it yet'
    : `Read ${counts.join(', ')} and more`
}
