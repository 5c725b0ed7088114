import type { Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { type LineItem, type Tool, takeId } from '../state.ts'
import { lineItemUrl } from './service-urls.ts'

type Fields = Readonly<Record<string, unknown>>

export interface LineItemFilter {
  readonly resourceLinkId: string | undefined
  readonly resourceId: string | undefined
  readonly tag: string | undefined
}

/** A tool sees the columns of its own activities and those it made, nobody else's. */
export function listLineItems(
  lms: Lms,
  tool: Tool,
  courseId: string,
  filter: LineItemFilter,
): LineItem[] {
  return lms.state.lineItems.filter(
    (item) =>
      item.toolId === tool.id &&
      item.courseId === courseId &&
      (filter.resourceLinkId ?? item.linkId) === item.linkId &&
      (filter.resourceId ?? item.resourceId) === item.resourceId &&
      (filter.tag ?? item.tag) === item.tag,
  )
}

/** One column of this tool; any other is not found. */
export function findLineItem(lms: Lms, tool: Tool, courseId: string, id: string): LineItem {
  const found = lms.state.lineItems.find(
    (item) => item.id === id && item.courseId === courseId && item.toolId === tool.id,
  )
  if (!found) throw new Refusal(404, 'unknown_line_item', `There is no line item ${id}.`)
  return found
}

/** AGS §3.2.5: a new column, optionally for one of the tool's activities. */
export function createLineItem(lms: Lms, tool: Tool, courseId: string, fields: Fields): LineItem {
  const linkId = optionalText(fields, 'resourceLinkId')
  if (linkId !== undefined && !ownsLink(lms, tool, courseId, linkId)) {
    throw new Refusal(404, 'unknown_resource_link', `There is no resource link ${linkId}.`)
  }
  const item: LineItem = {
    id: takeId(lms.state),
    courseId,
    toolId: tool.id,
    linkId,
    ...columnOf(fields),
  }
  lms.state.lineItems.push(item)
  return item
}

function ownsLink(lms: Lms, tool: Tool, courseId: string, linkId: string): boolean {
  return lms.state.links.some(
    (link) => link.id === linkId && link.courseId === courseId && link.toolId === tool.id,
  )
}

/** AGS §3.2.6: the column as the tool now describes it; what it leaves out is empty afterwards. */
export function replaceLineItem(lms: Lms, current: LineItem, fields: Fields): LineItem {
  if (fields['id'] !== undefined && fields['id'] !== lineItemUrl(lms, current)) {
    throw new Refusal(400, 'invalid_line_item', 'The id in the body is not this line item.')
  }
  const linkId = optionalText(fields, 'resourceLinkId') ?? current.linkId
  if (linkId !== current.linkId) {
    throw new Refusal(400, 'invalid_line_item', 'A line item cannot move to another activity.')
  }
  const next: LineItem = { ...current, ...columnOf(fields) }
  lms.state.lineItems = lms.state.lineItems.map((item) => (item.id === current.id ? next : item))
  return next
}

/** The column and every grade in it are gone; the activity stays. */
export function deleteLineItem(lms: Lms, { id }: LineItem): void {
  lms.state.lineItems = lms.state.lineItems.filter((item) => item.id !== id)
  lms.state.scores = lms.state.scores.filter((score) => score.lineItemId !== id)
}

/** The checked fields of a column, also as they come inside a content item. */
export function columnOf(
  fields: Fields,
): Pick<
  LineItem,
  'label' | 'scoreMaximum' | 'resourceId' | 'tag' | 'startDateTime' | 'endDateTime'
> {
  const { scoreMaximum, label } = fields
  if (typeof scoreMaximum !== 'number' || !(scoreMaximum > 0)) {
    throw new Refusal(400, 'invalid_line_item', 'scoreMaximum must be a number above zero.')
  }
  if (typeof label !== 'string' || label.trim() === '') {
    throw new Refusal(400, 'invalid_line_item', 'label must be a text that is not empty.')
  }
  return {
    label,
    scoreMaximum,
    resourceId: optionalText(fields, 'resourceId') ?? '',
    tag: optionalText(fields, 'tag') ?? '',
    startDateTime: optionalText(fields, 'startDateTime'),
    endDateTime: optionalText(fields, 'endDateTime'),
  }
}

function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw new Refusal(400, 'invalid_line_item', `${name} must be a text.`)
}

/** The column as the service answers it, with Moodle's empty strings for what is unset. */
export function lineItemAnswer(lms: Lms, item: LineItem): Record<string, unknown> {
  return {
    id: lineItemUrl(lms, item),
    label: item.label,
    scoreMaximum: item.scoreMaximum,
    resourceId: item.resourceId,
    tag: item.tag,
    ...(item.linkId === undefined ? {} : { resourceLinkId: item.linkId, ltiLinkId: item.linkId }),
    ...(item.startDateTime === undefined ? {} : { startDateTime: item.startDateTime }),
    ...(item.endDateTime === undefined ? {} : { endDateTime: item.endDateTime }),
  }
}
