import type { Lms } from '../lms.ts'
import { Refusal } from '../refusal.ts'
import { type LineItem, type ResourceLink, type Tool, takeId } from '../state.ts'
import { isWebUrl } from '../web-url.ts'
import { columnOf } from './line-items.ts'

type Fields = Readonly<Record<string, unknown>>

/** An activity that was added, with its gradebook column if it has one. */
export interface AddedContent {
  readonly link: ResourceLink
  readonly lineItem: LineItem | undefined
}

/** Deep Linking §3.2: items of accepted types only, and no more than one when one was asked for. */
export function readContentItems(
  value: unknown,
  accepted: { readonly types: readonly string[]; readonly multiple: boolean },
): Fields[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalid('content_items must be a list')
  const items = value.map((item: unknown) => {
    if (!isFields(item)) throw invalid('a content item must be an object')
    if (!accepted.types.includes(String(item['type']))) {
      throw invalid(`this course does not accept items of the type “${String(item['type'])}”`)
    }
    return item
  })
  if (items.length > 1 && !accepted.multiple) throw invalid('only one item can be added at a time')
  return items
}

/** Adds every item or, when one of them is wrong, none. */
export function addContent(
  lms: Lms,
  tool: Tool,
  courseId: string,
  items: readonly Fields[],
): AddedContent[] {
  const checked = items.map((item) => ({
    link: readLink(tool, item),
    column: lms.state.settings.acceptLineItem ? readColumn(tool, item) : undefined,
  }))
  return checked.map(({ link, column }) => {
    const added: ResourceLink = { ...link, id: takeId(lms.state), courseId, toolId: tool.id }
    lms.state.links.push(added)
    if (!column) return { link: added, lineItem: undefined }
    const lineItem: LineItem = {
      ...column,
      id: takeId(lms.state),
      courseId,
      toolId: tool.id,
      linkId: added.id,
    }
    lms.state.lineItems.push(lineItem)
    return { link: added, lineItem }
  })
}

function readLink(tool: Tool, item: Fields): Omit<ResourceLink, 'id' | 'courseId' | 'toolId'> {
  const url = item['url'] === undefined ? tool.toolUrl : webUrl(item['url'])
  return {
    kind: item['type'] === 'link' ? 'web' : 'launch',
    title: text(item['title']) || tool.name,
    text: text(item['text']),
    url,
    custom: readCustom(item['custom']),
    frame: readFrame(item['iframe']),
  }
}

function readColumn(tool: Tool, item: Fields): ReturnType<typeof columnOf> | undefined {
  const column = item['lineItem']
  if (column === undefined || item['type'] !== 'ltiResourceLink') return undefined
  if (!isFields(column)) throw invalid('lineItem must be an object')
  // Deep Linking §3.2.3.2: the label defaults to the item's title.
  return columnOf({ label: text(item['title']) || tool.name, ...column })
}

function readCustom(value: unknown): Record<string, string> {
  if (value === undefined) return {}
  if (!isFields(value)) throw invalid('custom must be an object')
  const custom: Record<string, string> = {}
  for (const [name, one] of Object.entries(value)) {
    if (typeof one !== 'string') throw invalid(`the custom parameter “${name}” must be a text`)
    custom[name] = one
  }
  return custom
}

function readFrame(value: unknown): ResourceLink['frame'] {
  if (!isFields(value)) return {}
  const { width, height } = value
  return {
    ...(isPixels(width) ? { width } : {}),
    ...(isPixels(height) ? { height } : {}),
  }
}

const isPixels = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 10_000

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '')

function webUrl(value: unknown): string {
  if (isWebUrl(value)) return value
  throw invalid(`“${String(value)}” is not a web address`)
}

function invalid(reason: string): Refusal {
  return new Refusal(400, 'invalid_content_item', `The tool’s choice cannot be added: ${reason}.`)
}
