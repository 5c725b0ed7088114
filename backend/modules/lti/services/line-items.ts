import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import { scope } from '../claim-names.ts'
import type { PlatformRow } from '../platforms/platform-store.ts'
import { readPages } from './read-pages.ts'
import { callService, checkAnswer, jsonOf, type ServiceDeps } from './service-call.ts'
import { withQuery } from './service-url.ts'

const media = 'application/vnd.ims.lis.v2.lineitem+json'
const listMedia = 'application/vnd.ims.lis.v2.lineitemcontainer+json'
const what = 'the gradebook columns of the course'
/** Moodle and Canvas page by themselves; a gradebook of a thousand columns is one request where the LMS allows. */
const rowsAtOnce = 1_000

// Moodle writes "" for what is unset.
const text = z
  .string()
  .nullish()
  .transform((value) => value || null)

const LineItemBody = z.looseObject({
  id: z.url({ protocol: /^https?$/ }),
  label: z.string().catch(''),
  scoreMaximum: z.coerce.number().positive().catch(0),
  resourceLinkId: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((value) => (value === null || value === undefined ? null : String(value) || null)),
  resourceId: text,
  tag: text,
  startDateTime: text,
  endDateTime: text,
  gradesReleased: z.boolean().nullish(),
})

/** LTI-AGS 2.0 §3.2.9: a column of a gradebook. */
export interface LineItem {
  /** Its address, to be used letter by letter. */
  readonly url: string
  readonly label: string
  readonly scoreMaximum: number
  readonly resourceLinkId: string | null
  readonly resourceId: string | null
  readonly tag: string | null
  /** ISO 8601 as the LMS wrote it. */
  readonly startDateTime: string | null
  readonly endDateTime: string | null
  /** Everything that the LMS said of it, so that a change loses nothing. */
  readonly raw: Readonly<Record<string, unknown>>
}

export interface LineItemFields {
  readonly label: string
  readonly scoreMaximum: number
  readonly resourceLinkId?: string | null | undefined
  readonly resourceId?: string | null | undefined
  readonly tag?: string | null | undefined
  readonly startDateTime?: string | null | undefined
  readonly endDateTime?: string | null | undefined
}

export interface LineItemFilter {
  readonly resourceLinkId?: string | undefined
  readonly resourceId?: string | undefined
  readonly tag?: string | undefined
  readonly signal?: AbortSignal
}

/** All columns of a course that this tool may see (§3.2.4); rows without an address are counted. */
export async function readLineItems(
  deps: ServiceDeps,
  platform: PlatformRow,
  url: string,
  { resourceLinkId, resourceId, tag, signal }: LineItemFilter = {},
): Promise<{ readonly lineItems: LineItem[]; readonly unreadable: number }> {
  const lineItems: LineItem[] = []
  let unreadable = 0
  const pages = readPages(deps, platform, {
    url: withQuery(url, { resource_link_id: resourceLinkId, resource_id: resourceId, tag }),
    what,
    purpose: 'lti.line_items',
    scopes: [scope.lineItemReadOnly],
    accept: listMedia,
    limit: rowsAtOnce,
    ...(signal && { signal }),
  })
  for await (const { body } of pages) {
    // Canvas once answered an object where there was one column only.
    for (const row of Array.isArray(body) ? body : [body]) {
      const lineItem = toLineItem(row)
      if (lineItem) lineItems.push(lineItem)
      else unreadable += 1
    }
  }
  return { lineItems, unreadable }
}

/** §3.2.5; what the LMS answers is the column, its address included. */
export async function createLineItem(
  deps: ServiceDeps,
  platform: PlatformRow,
  url: string,
  fields: LineItemFields,
  signal?: AbortSignal,
): Promise<LineItem> {
  const answer = await callService(deps, platform, {
    url,
    what: 'a new gradebook column',
    purpose: 'lti.line_items',
    scopes: [scope.lineItem],
    method: 'POST',
    accept: media,
    contentType: media,
    body: given(fields),
    ...(signal && { signal }),
  })
  checkAnswer(answer, 'a new gradebook column')
  return mustRead(jsonOf(answer, 'a new gradebook column'))
}

export async function readLineItem(
  deps: ServiceDeps,
  platform: PlatformRow,
  url: string,
): Promise<LineItem> {
  const answer = await callService(deps, platform, {
    url,
    what: 'this gradebook column',
    purpose: 'lti.line_items',
    scopes: [scope.lineItemReadOnly],
    accept: media,
  })
  checkAnswer(answer, 'this gradebook column')
  return mustRead(jsonOf(answer, 'this gradebook column'))
}

/** §3.2.6: a PUT replaces the whole column, so what is not changed is read first and sent along. */
export async function changeLineItem(
  deps: ServiceDeps,
  platform: PlatformRow,
  url: string,
  changes: { readonly [Name in keyof LineItemFields]?: LineItemFields[Name] | undefined },
): Promise<LineItem> {
  const { raw } = await readLineItem(deps, platform, url)
  // Blackboard refuses a body with an id; elsewhere the address says which column is meant.
  const { id: _id, ...kept } = raw
  const answer = await callService(deps, platform, {
    url,
    what: 'the change of this gradebook column',
    purpose: 'lti.line_items',
    scopes: [scope.lineItem],
    method: 'PUT',
    accept: media,
    contentType: media,
    body: given({ ...kept, ...changes }),
  })
  checkAnswer(answer, 'the change of this gradebook column')
  // Some answer nothing: then the column is what was asked for.
  if (answer.text.trim() === '') return mustRead({ ...raw, ...given({ ...changes }) })
  return mustRead(jsonOf(answer, 'the change of this gradebook column'))
}

/** §3.2.7; a column that is gone already counts as deleted. */
export async function deleteLineItem(
  deps: ServiceDeps,
  platform: PlatformRow,
  url: string,
): Promise<void> {
  const answer = await callService(deps, platform, {
    url,
    what: 'the removal of this gradebook column',
    purpose: 'lti.line_items',
    scopes: [scope.lineItem],
    method: 'DELETE',
  })
  if (answer.status === 404 || answer.status === 410) return
  checkAnswer(answer, 'the removal of this gradebook column')
}

function toLineItem(row: unknown): LineItem | undefined {
  const { data } = LineItemBody.safeParse(row)
  if (!data) return undefined
  const { id, label, scoreMaximum, resourceLinkId, resourceId, tag } = data
  const { startDateTime, endDateTime } = data
  // A loose object keeps what its schema does not name.
  const raw = row as Record<string, unknown>
  return {
    url: id,
    label,
    scoreMaximum,
    resourceLinkId,
    resourceId,
    tag,
    startDateTime,
    endDateTime,
    raw,
  }
}

function mustRead(row: unknown): LineItem {
  const lineItem = toLineItem(row)
  if (lineItem) return lineItem
  throw new AppError(
    'upstream_invalid_response',
    'The LMS did not say the address of the gradebook column',
  )
}

/** Without what is absent; null takes a value away. */
function given(fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  )
}
