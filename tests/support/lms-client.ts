import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { z } from 'zod'
import {
  createLms,
  type LmsOptions,
  type ToolRegistration,
} from '../../backend/sandbox/lms/index.ts'
import {
  type BrowserAnswer,
  createHttpBrowser,
  formOf,
  type HtmlForm,
  type HttpBrowser,
  textOf,
} from './http-browser.ts'

const Platform = z.object({
  issuer: z.string(),
  authorizationEndpoint: z.string(),
  tokenEndpoint: z.string(),
  jwksUri: z.string(),
})
export type LmsPlatform = z.output<typeof Platform>

const RegisteredTool = z.object({
  id: z.string(),
  name: z.string(),
  clientId: z.string(),
  deploymentId: z.string(),
})

const Link = z.object({
  id: z.string(),
  title: z.string(),
  url: z.string(),
  custom: z.record(z.string(), z.string()),
})

const LineItem = z.object({
  id: z.string(),
  linkId: z.string().optional(),
  label: z.string(),
  scoreMaximum: z.number(),
  resourceId: z.string(),
  tag: z.string(),
})

const Gradebook = z.object({
  columns: z.array(LineItem),
  rows: z.array(
    z.object({
      userId: z.string(),
      grades: z.array(
        z.object({
          lineItemId: z.string(),
          resultScore: z.number().nullable(),
          scoreGiven: z.number().optional(),
          comment: z.string(),
          activityProgress: z.string(),
          gradingProgress: z.string(),
          timestamp: z.string(),
          received: z.number(),
        }),
      ),
    }),
  ),
})

/** People of the simulated school by what they are. */
export const persona = {
  teacher: '3',
  assistant: '5',
  student: '11',
  secondStudent: '12',
  parent: '31',
  administrator: '2',
} as const

/** The courses every simulated school has. */
export const course = { maths: '2', english: '3' } as const

/** The JSON API of a running LMS, what a tool must know about it, and its end. */
export type TestLms = ReturnType<typeof lmsClient> & {
  readonly platform: LmsPlatform
  close(): Promise<void>
}

/** An LMS on a free port of 127.0.0.1; tools on localhost are cross-site to it. */
export async function startLms(
  options: Omit<LmsOptions, 'baseUrl'> & { readonly port?: number; readonly path?: string } = {},
): Promise<TestLms> {
  const { port = 0, path = '', ...lmsOptions } = options
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const baseUrl = `http://127.0.0.1:${portOf(server)}${path}`
  const lms = createLms({ ...lmsOptions, baseUrl })
  server.on('request', path === '' ? lms.app : mountAt(path, lms.app))
  const client = lmsClient(baseUrl)
  return {
    ...client,
    platform: Platform.parse(await client.call('GET', '/platform')),
    close: async () => {
      server.close()
      server.closeAllConnections()
      await lms.close()
    },
  }
}

type Handler = ReturnType<typeof createLms>['app']

function mountAt(path: string, app: Handler) {
  // Express cuts the mount path off for a mounted application; here there is no outer one.
  return (...[req, res]: Parameters<Handler>): void => {
    if (req.url.startsWith(path)) req.url = req.url.slice(path.length) || '/'
    app(req, res)
  }
}

/** The port a listening server was given. */
export function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen')
  return address.port
}

/** The JSON API of a simulated LMS that runs anywhere, for example at `/sandbox/lms` of the product. */
export function lmsClient(baseUrl: string) {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${baseUrl}/api${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  return {
    baseUrl,
    call,
    registerTool: async (tool: Partial<ToolRegistration>) =>
      RegisteredTool.parse(await call('POST', '/tools', tool)),
    /** An activity as a deep-linking response would make it; `lineItem` gives it a gradebook column. */
    addLink: async (
      toolId: string,
      item: Readonly<Record<string, unknown>> = {},
      courseId: string = course.maths,
    ) =>
      z
        .object({ link: Link, lineItem: LineItem.optional() })
        .parse(await call('POST', `/courses/${courseId}/links`, { toolId, ...item })),
    links: async (courseId: string = course.maths) =>
      z.array(Link).parse(await call('GET', `/courses/${courseId}/links`)),
    gradebook: async (courseId: string = course.maths) =>
      Gradebook.parse(await call('GET', `/courses/${courseId}/gradebook`)),
    setFaults: async (change: Readonly<Record<string, unknown>>) => {
      await call('PUT', '/faults', change)
    },
    setSettings: async (change: Readonly<Record<string, unknown>>) => {
      await call('PUT', '/settings', change)
    },
  }
}

type Place = { readonly baseUrl: string; readonly platform: LmsPlatform }

export interface LaunchTarget {
  readonly as: string
  readonly courseId?: string
  /** The activity to open; without it, `toolId` is opened for deep linking. */
  readonly linkId?: string
  readonly toolId?: string
  readonly browser?: HttpBrowser
}

/** A launch up to the moment before the id_token is posted to the tool. */
export interface PreparedLaunch {
  readonly browser: HttpBrowser
  /** What the LMS sent to the tool's login endpoint. */
  readonly login: HtmlForm
  /** The tool's authentication request. */
  readonly authUrl: URL
  /** What goes to the redirect URI: `id_token` and `state`, or `error`. */
  readonly reply: HtmlForm
  /** Empty when the platform answered with an error. */
  readonly idToken: string
}

export interface FinishedLaunch extends PreparedLaunch {
  /** The tool's direct answer to the id_token. */
  readonly answer: BrowserAnswer
  /** Where the redirects after it ended. */
  readonly page: BrowserAnswer
}

/** Clicks an activity (or "Select content") and stops with the id_token in hand. */
export async function prepareLaunch(lms: Place, target: LaunchTarget): Promise<PreparedLaunch> {
  const browser = target.browser ?? createHttpBrowser()
  const login = await readLogin(browser, startUrl(lms, target))
  const authUrl = await followToPlatform(browser, lms.platform, login)
  const reply = formOf(await browser.open(authUrl.href))
  return { browser, login, authUrl, reply, idToken: reply.fields['id_token'] ?? '' }
}

/** A whole launch as a browser makes it, without script. */
export async function launch(lms: Place, target: LaunchTarget): Promise<FinishedLaunch> {
  const prepared = await prepareLaunch(lms, target)
  const { browser, reply } = prepared
  const answer = await browser.send(reply.action, { form: reply.fields })
  const location = answer.headers.get('location')
  const redirected = answer.status >= 300 && answer.status < 400 && location !== null
  const page = redirected ? await browser.open(new URL(location, answer.url).href) : answer
  return { ...prepared, answer, page }
}

function startUrl({ baseUrl }: Place, target: LaunchTarget): string {
  const { as, courseId = course.maths, linkId, toolId = '' } = target
  const place = `${baseUrl}/courses/${courseId}`
  return linkId === undefined
    ? `${place}/deep-link?as=${as}&tool=${toolId}`
    : `${place}/activities/${linkId}/launch?as=${as}`
}

/** The login initiation, whether the LMS sends a form or a redirect. */
async function readLogin(browser: HttpBrowser, url: string): Promise<HtmlForm> {
  const answer = await browser.send(url)
  const location = answer.headers.get('location')
  if (location === null) return formOf(answer)
  const target = new URL(location)
  const fields = Object.fromEntries(target.searchParams)
  target.search = ''
  return { action: target.href, fields }
}

async function followToPlatform(
  browser: HttpBrowser,
  platform: LmsPlatform,
  login: HtmlForm,
): Promise<URL> {
  let answer = await browser.send(login.action, { form: login.fields })
  for (let hops = 0; hops < 5; hops++) {
    const location = answer.headers.get('location')
    if (location === null) break
    const target = new URL(location, answer.url)
    if (target.href.startsWith(platform.authorizationEndpoint)) return target
    answer = await browser.send(target.href)
  }
  throw new Error(
    `the tool did not send the browser to the platform: ${answer.status} ${textOf(answer.body)}`,
  )
}
