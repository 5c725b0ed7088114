export const classroomOrigin = 'https://classroom.google.com'

/** Which of several signed-in accounts, and which class, the share page opens for. */
export interface SharePlace {
  readonly account: number | null
  readonly courseId: string | null
}

export const itemTypes = ['material', 'assignment', 'announcement'] as const
export type ItemType = (typeof itemTypes)[number]

export interface Shareable {
  readonly name: string
  readonly description: string
  readonly shareUrl: string
  readonly attribution: string
  readonly license: { readonly name: string }
}

const longestDescription = 400

/** Google's own share page with a resource filled in; with a class page, for that account and class. */
export function shareAddress(
  resource: Shareable,
  itemType: ItemType,
  page?: SharePlace | undefined,
): string {
  const account = page?.account == null ? '' : `/u/${page.account}`
  const url = new URL(`${account}/share`, classroomOrigin)
  url.search = new URLSearchParams({
    url: resource.shareUrl,
    title: resource.name,
    body: bodyOf(resource),
    itemtype: itemType,
    ...(page?.courseId ? { courseid: page.courseId } : {}),
  }).toString()
  return url.href
}

/** The licence asks that the author be named wherever the resource is shown. */
function bodyOf({ description, attribution, license }: Shareable): string {
  const credit = [attribution.trim(), license.name.trim()].filter(Boolean).join(' · ')
  return [shorten(description.trim()), credit].filter(Boolean).join('\n\n')
}

function shorten(text: string): string {
  if (text.length <= longestDescription) return text
  const cut = text.slice(0, longestDescription)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 1))}…`
}
