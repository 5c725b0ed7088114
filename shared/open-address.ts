/** Pages of the administration that a link in an e-mail or a portal can name, by what they show. */
const pages = {
  item: 'items',
  resource: 'resources',
  path: 'paths',
  course: 'results',
} as const
export type OpenKind = keyof typeof pages

const plainId = /^[A-Za-z0-9_-]{1,64}$/

/**
 * The address to send to colleagues: they sign in where they are not yet, and land at that object in its
 * organisation. `tenantId` chooses among those they belong to and gives no right to any.
 */
export function openAddress(
  publicUrl: string,
  kind: OpenKind,
  id: string,
  tenantId: string,
): string {
  const query = new URLSearchParams({ in: tenantId })
  return `${publicUrl}/go/${pages[kind]}/${encodeURIComponent(id)}?${query}`
}

/** Where such an address leads on this site; undefined where it is none of ours. */
export function landingOf(folder: string, id: string, tenantId: unknown): string | undefined {
  const isKnown = Object.values<string>(pages).includes(folder) && plainId.test(id)
  if (!isKnown) return undefined
  const isTenant = typeof tenantId === 'string' && plainId.test(tenantId)
  return `/admin/${folder}/${id}${isTenant ? `?in=${tenantId}` : ''}`
}
