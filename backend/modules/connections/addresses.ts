import type { Connector } from '../../connector-kit/index.ts'

export const callbackPath = '/connections/callback'

/** Our addresses that a connection's other side, or its people, are told of. */
export function addressesOf(
  { oauth, capabilities, addresses = [] }: Connector,
  id: string,
  publicUrl: string,
): { title: string; url: string }[] {
  const all = [
    ...(oauth ? [{ title: 'Redirect address, for consent', path: callbackPath }] : []),
    ...(capabilities.webhook ? [{ title: 'Where it can send news', path: '/hooks/:id' }] : []),
    ...addresses,
  ]
  return all.map(({ title, path }) => ({ title, url: publicUrl + path.replace(':id', id) }))
}
